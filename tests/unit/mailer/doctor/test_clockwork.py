"""Rules for what is said of cron, hosts and clocks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.doctor.clockwork import check_clockwork, crontab, runs
from mailer.doctor.storing import clocks
from mailer.doctor.verdicts import Level
from report.cron import Cron
from tests.fakes import MemoryStorage

NOW = datetime(2026, 11, 21, 5, 20, tzinfo=UTC)
APP = Path("/opt/twitter-trends")
JOB = '*/15 * * * * cd "$APP" && "$PYTHON" -m mailer send 2>&1 | logger -t twitter-trends'
LINES = (f"APP={APP}", JOB)
OK, SKIPPED, WARNING, WRONG = Level.OK, Level.SKIPPED, Level.WARNING, Level.WRONG


@pytest.mark.parametrize(
    ("cron", "level"),
    [
        pytest.param(Cron(True, LINES), OK, id="runs"),
        pytest.param(Cron(True, ('APP="/opt/twitter-trends"', JOB)), OK, id="quoted"),
        pytest.param(
            Cron(True, (f"*/15 * * * * trends cd {APP} && python -m mailer send",)), OK, id="cron.d"
        ),
        pytest.param(Cron(True, ("APP=/srv/other", JOB)), WARNING, id="another folder"),
        pytest.param(Cron(False, LINES), WRONG, id="installed, not running"),
        pytest.param(Cron(True, ("7 * * * * python -m report compact",)), WRONG, id="another job"),
        pytest.param(Cron(False, ()), WRONG, id="nothing"),
    ],
)
def test_cron(cron: Cron, level: Level) -> None:
    """Our line must be there, cron must run, and it must mean this folder."""
    assert crontab(cron, APP, is_needed=True).level is level


def test_the_crontab_may_go_by_a_link(tmp_path: Path) -> None:
    """A server's crontab names `current`, which leads to the release that serves; that is this folder."""
    (tmp_path / "releases").mkdir()
    (tmp_path / "current").symlink_to("releases")
    lines = (f"APP={tmp_path}/current", JOB)

    assert crontab(Cron(True, lines), tmp_path / "releases", is_needed=True).level is OK


def test_a_laptop_needs_no_cron() -> None:
    """Where no mail leaves, or another host mails, a missing crontab is a warning."""
    assert crontab(Cron(False, ()), APP, is_needed=False).level is WARNING


@pytest.mark.parametrize(
    ("ago", "level"),
    [
        pytest.param({}, SKIPPED, id="never"),
        pytest.param({"web-1": 5}, OK, id="lately"),
        pytest.param({"web-1": 45}, WRONG, id="three runs missing"),
        pytest.param({"web-1": 5, "web-2": 6, "web-0": 60 * 48}, OK, id="two hosts"),
    ],
)
def test_runs(ago: dict[str, int], level: Level) -> None:
    """The mailer runs each quarter of an hour, on however many hosts; who was gone a day is not counted."""
    seen = {host: NOW - timedelta(minutes=minutes) for host, minutes in ago.items()}

    verdict = runs(seen, NOW, mail_leaves=True)

    assert verdict.level is level
    if len(ago) > 1:
        assert verdict.says.startswith("2 hosts run the mailer, one mail each reader: web-1, web-2")


def test_a_mail_sent_by_hand_is_no_run() -> None:
    """Where one was accepted and cron never ran, the doctor's lines agree."""
    assert runs({}, NOW, mail_leaves=True).says == "no run by cron was seen yet"


def test_another_host_that_mails_makes_up_for_cron() -> None:
    """Of a fleet, the host without cron is warned of, not called wrong."""
    storage = MemoryStorage()
    before = [*check_clockwork(storage, Cron(False, ()), APP, datetime.now(UTC), mail_leaves=True)]
    storage.put("ledger/hosts/web-2.json", b"{}")
    after = [*check_clockwork(storage, Cron(False, ()), APP, datetime.now(UTC), mail_leaves=True)]

    assert [verdict.level for verdict in before] == [SKIPPED, WRONG]
    assert [verdict.level for verdict in after] == [OK, WARNING]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        pytest.param(0, OK, id="between"),
        pytest.param(-59, OK, id="a bit behind"),
        pytest.param(-61, WARNING, id="a minute behind"),
        pytest.param(66, WARNING, id="a minute ahead"),
        pytest.param(-300, WRONG, id="five minutes"),
        pytest.param(3600, WRONG, id="an hour"),
    ],
)
def test_clocks(written: int, level: Level) -> None:
    """Storage must have written between before and after, give or take a minute."""
    after = NOW + timedelta(seconds=2)

    assert clocks(NOW, NOW + timedelta(seconds=written), after).level is level
