"""Rules for how the commands of every door end."""

import click
import pytest
from click.testing import CliRunner

from report.commands import NOT_BEGUN, Door
from report.errors import BuildError, NotBegun, SettingsError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(BuildError("broken"), 1, id="what failed"),
        pytest.param(SettingsError("wrong"), 2, id="wrong settings"),
        pytest.param(NotBegun("nothing there"), NOT_BEGUN, id="nothing to build from"),
    ],
)
def test_a_command_says_by_its_status_what_went_wrong(error: Exception, status: int) -> None:
    """Who starts it tells a failure from a source that is still empty; people read the one line."""

    def fail() -> None:
        raise error

    done = CliRunner().invoke(Door(commands=[click.Command("fail", callback=fail)]), ["fail"])

    assert (done.exit_code, done.output) == (status, f"Error: {error}\n")
