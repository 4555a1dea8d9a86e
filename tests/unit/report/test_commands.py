"""Rules for how the commands of every door end."""

import logging

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


def test_as_lines_of_a_log_each_event_is_one() -> None:
    """What cron starts says what it says, its warnings, and why it ended, in the form of the pages' log."""

    def go() -> None:
        click.echo("stored a\nstored b")
        logging.getLogger("report.place").warning("%s is slow", "the disk")
        raise BuildError("broken\nfor good")

    done = CliRunner().invoke(Door("main", {"go": click.Command("go", callback=go)}), ["--log-lines", "go"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert [line.partition(" ")[2] for line in done.stderr.splitlines()] == [
        'level=info from=main says="stored a"',
        'level=info from=main says="stored b"',
        'level=warning from=report.place says="the disk is slow"',
        'level=error from=main says="broken\\nfor good"',
    ]


def test_a_bug_is_one_line_too() -> None:
    """With its trace in it, and the status of what failed; and the next command speaks to people again."""

    def fail() -> None:
        raise RuntimeError("of ours")

    door = Door("main", {"below": Door("below", {"fail": click.Command("fail", callback=fail)})})
    done = CliRunner().invoke(door, ["below", "fail"], env={"LOG_LINES": "yes"})
    again = CliRunner().invoke(door, ["below", "fail"])

    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "Traceback" in line
    assert isinstance(again.exception, RuntimeError)
