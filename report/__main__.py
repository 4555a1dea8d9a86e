"""The report's commands: `python -m report build|compact|query|publish|storage|artefacts|departments`."""

import click

from report.commands import Door
from report.commands.artefacts import artefacts
from report.commands.athena_tables import athena_tables
from report.commands.build import build
from report.commands.compact import compact
from report.commands.departments import departments
from report.commands.publish import publish
from report.commands.query import query
from report.commands.share import share
from report.commands.storage.group import storage


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build reports from what was collected, and look at what was counted.

    Settings come from the environment and from .env; the README lists them.
    """


for command in (build, compact, query, athena_tables, publish, share, storage, artefacts, departments):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m report")
