"""Rules for starting builds."""

import sys
from pathlib import Path
from threading import enumerate

import pytest

from app.builds import Build, BuildStarter


def _noting(path: Path, status: int = 0) -> tuple[str, ...]:
    """Return a command that adds its arguments to a file and ends with `status`."""
    code = f"import sys; open({str(path)!r}, 'a').write(f'{{sys.argv[1:]}} '); sys.exit({status})"
    return (sys.executable, "-S", "-c", code)


def _wait_for_builds() -> None:
    for thread in enumerate():
        if thread.name.startswith("build "):
            thread.join(20)


def test_one_build_runs_however_many_ask(tmp_path: Path) -> None:
    """Asking again while a build runs, or right after, starts none."""
    starter = BuildStarter(_noting(tmp_path / "ran"))

    for _ in range(10):
        starter(Build.TODAY)
    _wait_for_builds()
    starter(Build.TODAY)
    _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "['--today'] "


def test_the_two_kinds_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Today's draft and the editions are asked for by their own commands."""
    starter = BuildStarter(_noting(tmp_path / "ran"))

    starter(Build.EDITIONS)
    _wait_for_builds()
    starter(Build.TODAY)
    _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "[] ['--today'] "


def test_a_later_build_is_started_again(tmp_path: Path) -> None:
    """After the pause the next who asks starts the next build."""
    starter = BuildStarter(_noting(tmp_path / "ran"), pause_seconds=0)

    for _ in range(2):
        starter(Build.EDITIONS)
        _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "[] [] "


def test_a_failed_build_is_said_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A build that ends badly leaves a line with its command and status."""
    BuildStarter(_noting(tmp_path / "ran", status=3))(Build.TODAY)
    _wait_for_builds()

    assert "--today ended with 3" in caplog.text


def test_a_command_that_cannot_start_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A missing program does not take the server with it."""
    BuildStarter(("/nowhere/python",))(Build.TODAY)
    _wait_for_builds()

    assert "/nowhere/python --today could not be started" in caplog.text
