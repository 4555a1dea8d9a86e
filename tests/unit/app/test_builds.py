"""Rules for starting builds."""

import sys
from pathlib import Path
from threading import enumerate

import pytest

from app.builds import Build, BuildStarter, Hope, Prospect
from report.commands import ELSEWHERE, NOT_BEGUN

NEWEST, TODAY = Build("trends"), Build("trends", is_today=True)


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
        starter(TODAY)
    _wait_for_builds()
    starter(TODAY)
    _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "['--report', 'trends', '--today'] "


def test_the_two_kinds_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Today's draft and the editions are asked for by their own commands."""
    starter = BuildStarter(_noting(tmp_path / "ran"))

    starter(NEWEST)
    _wait_for_builds()
    starter(TODAY)
    _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "['--report', 'trends'] ['--report', 'trends', '--today'] "


def test_a_later_build_is_started_again(tmp_path: Path) -> None:
    """After the pause the next who asks starts the next build."""
    starter = BuildStarter(_noting(tmp_path / "ran"), pause_seconds=0)

    for _ in range(2):
        starter(NEWEST)
        _wait_for_builds()

    assert (tmp_path / "ran").read_text() == "['--report', 'trends'] ['--report', 'trends'] "


def test_a_failed_build_is_said_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A build that ends badly leaves a line with its command and status."""
    BuildStarter(_noting(tmp_path / "ran", status=3))(TODAY)
    _wait_for_builds()

    assert "--today ended with 3" in caplog.text


def test_a_command_that_cannot_start_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A missing program does not take the server with it."""
    BuildStarter(("/nowhere/python",))(TODAY)
    _wait_for_builds()

    assert "/nowhere/python --report trends --today could not be started" in caplog.text


def test_nothing_to_build_from_is_looked_for_ever_more_rarely(tmp_path: Path) -> None:
    """A source that stays empty costs no process every few seconds, and whoever waits is told."""
    now = 0.0
    starter = BuildStarter(_noting(tmp_path / "ran", NOT_BEGUN), pause_seconds=1000, clock=lambda: now)

    hopes = []
    for now in (0.0, 1999.0, 2000.0, 5599.0, 5600.0):  # noqa: B007 - the clock's
        hopes.append(starter(NEWEST).hope)
        _wait_for_builds()

    assert hopes == [Hope.COMING, *[Hope.LACKING] * 4]
    assert (tmp_path / "ran").read_text().count("trends") == 3


def test_a_build_that_fails_is_tried_again_within_minutes(tmp_path: Path) -> None:
    """A fault that lasts takes little of the machine; one that passes is noticed soon."""
    now = 0.0
    starter = BuildStarter(_noting(tmp_path / "ran", status=1), pause_seconds=100, clock=lambda: now)

    assert starter(NEWEST) == Prospect(Hope.COMING)
    _wait_for_builds()
    prospects = []
    for now in (199.0, 200.0, 499.0, 500.0):  # noqa: B007 - the clock's
        prospects.append(starter(NEWEST))
        _wait_for_builds()

    assert (tmp_path / "ran").read_text().count("trends") == 3
    assert [(one.hope, one.again_seconds) for one in prospects] == [
        (Hope.FAILING, 1),
        (Hope.FAILING, 0),
        (Hope.FAILING, 1),
        (Hope.FAILING, 0),
    ]
    assert len({one.since for one in prospects}) == 1


def test_a_build_that_another_run_is_at_has_not_failed(tmp_path: Path) -> None:
    """Of the server's processes and hosts one builds, and the others' readers wait for that."""
    starter = BuildStarter(_noting(tmp_path / "ran", ELSEWHERE), pause_seconds=0)

    for _ in range(2):
        assert starter(NEWEST) == Prospect(Hope.COMING)
        _wait_for_builds()


def test_what_was_found_after_all_is_built_as_before(tmp_path: Path) -> None:
    """Once a build finds something, the next one waits no longer than ever."""
    is_there = tmp_path / "there"
    code = f"import os, sys; sys.exit(0 if os.path.exists({str(is_there)!r}) else {NOT_BEGUN})"
    starter = BuildStarter((sys.executable, "-S", "-c", code), pause_seconds=0)
    starter(NEWEST)
    _wait_for_builds()
    is_there.touch()

    assert starter(NEWEST).hope is Hope.LACKING
    _wait_for_builds()
    assert starter(NEWEST).hope is Hope.COMING
    _wait_for_builds()
