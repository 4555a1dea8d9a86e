"""What the collector's commands work with."""

import click

from report.composition import services_from_environ
from report.services import Services


def services_at_hand() -> Services:
    """Return the services the running command was handed, as tests do, else the environment's.

    Asked for by the command itself, so that `--help` needs no settings. Raise `SettingsError`.
    """
    handed: Services | None = click.get_current_context().obj
    return handed or services_from_environ()
