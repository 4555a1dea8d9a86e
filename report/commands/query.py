"""`python -m report query`: a question about the tweets of some days."""

import logging
from datetime import UTC, datetime

import click

from report.commands.jobs import DAY
from report.composition import services_from_environ
from report.engine import question_names
from report.querying import answer, days_asked, print_rows
from report.window import last_whole_day


@click.command(epilog=f"Questions: {', '.join(question_names())}.")
@click.argument("name")
@click.option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The day. Default: the last whole day.")
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="The first of several days.")
@click.option(
    "--to", "last", type=DAY, metavar="YYYY-MM-DD", help="The last of them. Default: the last whole day."
)
@click.option("--limit", type=click.IntRange(1), help="How many rows at most.")
@click.option(
    "--hashtag", default="", help="Which hashtag, in any spelling, where the question asks for one."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def query(
    name: str,
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    limit: int | None,
    hashtag: str,
    form: str,
) -> None:
    """Ask a question about the tweets of a day, or of several.

    `hashtags` counts as the report does, spellings taken together; `top_hashtags` and `spellings` count
    each spelling by itself. Days are days of TIMEZONE; COUNT_RETWEETS holds here too.

    \b
    python -m report query hashtags --date 2026-11-20 --limit 20
    python -m report query top_hashtags --from 2026-11-14 --to 2026-11-20
    python -m report query samples --hashtag budget
    python -m report query languages --format csv
    """
    logging.basicConfig(format="%(message)s")
    logging.getLogger("report").setLevel(logging.INFO)  # what a query of Athena cost
    services = services_from_environ()
    days = days_asked(day, first, last, last_whole_day(datetime.now(UTC), services.settings.timezone))
    print_rows(answer(services, name, days, hashtag, limit), form)
