"""`python -m report athena-tables`: the SQL by which Athena reads what is stored."""

from datetime import datetime
from pathlib import Path

import click

from report.athena_tables import SAMPLE_DAY, SAMPLE_LOCATION, athena_statements
from report.commands.jobs import DAY
from report.composition import services_from_environ


@click.command("athena-tables")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("athena"),
    show_default=True,
    help="Where to write them.",
)
@click.option(
    "--date",
    "day",
    type=DAY,
    metavar="YYYY-MM-DD",
    default=SAMPLE_DAY.isoformat(),
    show_default=True,
    help="The day, in UTC, that compact_day.sql adds to the table of tweets.",
)
def athena_tables(folder: Path, day: datetime) -> None:
    """Write the SQL that makes Athena's tables over STORAGE_URL, and closes a day there.

    Each file is one statement, for the database ATHENA_DATABASE. Where STORAGE_URL is a folder, the
    bucket has an invented name.
    """
    settings = services_from_environ().settings
    where, zone = settings.storage_url, settings.timezone.key
    location = f"s3://{where.bucket}/{where.prefix}" if where.bucket else SAMPLE_LOCATION
    folder.mkdir(parents=True, exist_ok=True)
    for name, statement in athena_statements(settings.athena_database, location, zone, day.date()).items():
        (folder / name).write_text(statement, encoding="utf-8")
        click.echo(folder / name)
