"""Rules for when an alarm is told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from report.alerts import CALM, TELLING, Alarm, Change, Episode, Finding, State, by_alarm, decide, told

FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
DAY = timedelta(hours=24)
QUARTER = timedelta(minutes=15)
WHAT = "trends 2026-11-20"


class Owner:
    """Lives through runs, and hears what each tells."""

    def __init__(self, alarm: Alarm = Alarm.COLLECTOR_STOPPED) -> None:
        self.alarm = alarm
        self.state = State()
        self.now = FIVE

    def after(
        self, wait: timedelta, *says: str, is_reached: bool = True, is_checked: bool = True
    ) -> list[Change]:
        """Return what is told by a run that finds this, so long after the last one."""
        self.now += wait
        self.state, notices = decide(
            self.alarm,
            {WHAT: says} if says else {},
            lambda _: is_checked,
            self.now,
            DAY,
            self.state,
        )
        if is_reached:
            ended = {
                notice.about: told(self.state.raised[notice.about], notice, self.now) for notice in notices
            }
            kept = {about: episode for about, episode in {**self.state.raised, **ended}.items() if episode}
            self.state = State(self.state.muted_until, kept)
        return [notice.change for notice in notices]


def test_a_failure_is_told_once_while_it_lasts() -> None:
    """What is found at every run is told at the first, whatever its words."""
    owner = Owner()

    assert owner.after(QUARTER, "no tweet for 31 minutes") == [Change.RAISED]
    assert [owner.after(QUARTER, f"no tweet for {n} minutes") for n in range(46, 52)] == [[]] * 6


def test_a_mail_put_off_once_is_no_news() -> None:
    """What the next run hands over is never told; what it cannot is, by 05:20 for a mail due at five."""
    owner = Owner(Alarm.NO_MAIL)
    assert [owner.after(QUARTER, "1 mail was put off"), owner.after(QUARTER)] == [[], []]

    assert [owner.after(QUARTER, "1 mail was put off") for _ in range(3)] == [[], [Change.RAISED], []]


def test_a_failure_that_lasts_is_told_again_after_a_day() -> None:
    """Not sooner than ALERT_REPEAT_HOURS, and from the last telling on."""
    owner = Owner()
    owner.after(QUARTER, "no tweet")

    assert owner.after(DAY - QUARTER, "no tweet") == []
    assert owner.after(QUARTER, "no tweet") == [Change.LASTS]
    assert owner.after(QUARTER, "no tweet") == []


def test_an_end_is_told_once_it_holds() -> None:
    """A run that finds nothing may be luck; what stays away is over, and told so once."""
    owner = Owner()
    owner.after(QUARTER, "no tweet")

    assert [owner.after(QUARTER) for _ in range(4)] == [[], [], [Change.OVER], []]
    assert owner.state.raised == {}


def test_what_nobody_looks_for_any_more_is_forgotten_unsaid() -> None:
    """It may be so still, so its end is not told; nor is it remembered for ever."""
    owner = Owner(Alarm.BUILD_FAILED)
    owner.after(QUARTER, "no disk")

    assert [owner.after(DAY, is_checked=False) for _ in range(9)] == [[]] * 9
    assert owner.state.raised
    assert owner.after(DAY, is_checked=False) == []
    assert owner.state.raised == {}


def test_what_comes_and_goes_is_one_failure() -> None:
    """Up and down faster than `CALM`, it is told once, not at every turn."""
    owner = Owner()

    heard = [owner.after(QUARTER, *(["no tweet"] if turn % 2 == 0 else [])) for turn in range(20)]

    assert [change for changes in heard for change in changes] == [Change.RAISED]


def test_a_new_failure_after_the_end_is_told_anew() -> None:
    """What was over begins again as news, however soon."""
    owner = Owner()
    owner.after(QUARTER, "no tweet")
    owner.after(QUARTER)
    owner.after(CALM)

    assert owner.after(QUARTER, "no tweet") == [Change.RAISED]


@pytest.mark.parametrize("alarm", [Alarm.READER_REFUSED, Alarm.UNKNOWN_OUTCOME, Alarm.LATE])
def test_what_befell_a_mail_is_never_called_over(alarm: Alarm) -> None:
    """The next day nobody mentions yesterday's mail, which mends nothing: no word, and no memory."""
    owner = Owner(alarm)
    owner.after(QUARTER, "550 no such user")

    assert [owner.after(QUARTER) for _ in range(4)] == [[]] * 4
    assert owner.state.raised == {}


@pytest.mark.parametrize(
    ("muted_minutes", "told"),
    [
        pytest.param(0, [[Change.RAISED], [], [], []], id="nobody could be told"),
        pytest.param(45, [[], [Change.RAISED], [], []], id="muted"),
    ],
)
def test_what_befell_a_mail_is_kept_until_somebody_is_told(
    muted_minutes: int, told: list[list[Change]]
) -> None:
    """It is found once, so the runs after find nothing: its words are kept, told once, and forgotten."""
    owner = Owner(Alarm.LATE)
    owner.state = State(muted_until=FIVE + timedelta(minutes=muted_minutes))
    owner.after(QUARTER, "the mail was due at 05:00", is_reached=False)

    assert [owner.after(QUARTER) for _ in range(2)] == told[:2]
    assert [episode.says for episode in owner.state.raised.values()] == [()]
    assert [owner.after(QUARTER) for _ in range(2)] == told[2:]
    assert owner.state.raised == {}


def test_more_of_the_same_is_news() -> None:
    """A second refused reader of the same mail is told; one less is not."""
    owner = Owner(Alarm.READER_REFUSED)
    owner.after(QUARTER, "ann")

    assert owner.after(QUARTER, "ann", "bob") == [Change.RAISED]
    assert owner.after(QUARTER, "ann", "bob") == []
    assert owner.after(QUARTER, "bob") == []


def test_who_is_at_it_is_waited_for() -> None:
    """While one host tells, another does not; a teller that died is waited for no longer than `TELLING`."""
    owner = Owner()
    owner.after(QUARTER, "no tweet", is_reached=False)

    assert owner.after(timedelta(minutes=1), "no tweet") == []
    assert owner.after(timedelta(minutes=1)) == []
    assert owner.state.raised[WHAT].since == FIVE + QUARTER
    assert owner.after(TELLING, "no tweet") == [Change.RAISED]


def test_a_muted_alarm_keeps_quiet_and_forgets_nothing() -> None:
    """What lasts is told when the mute is over; what came and went meanwhile is not."""
    owner = Owner()
    owner.state = State(muted_until=FIVE + 3 * QUARTER)

    assert [owner.after(QUARTER, "no tweet") for _ in range(3)] == [[], [], [Change.RAISED]]
    owner.state = State(muted_until=FIVE + 9 * QUARTER)
    assert [owner.after(QUARTER, "no tweet"), owner.after(QUARTER)] == [[], []]
    assert owner.state.raised == {}


def test_an_end_within_a_mute_is_told_after_it() -> None:
    """Who heard of the failure hears of its end."""
    owner = Owner()
    owner.after(QUARTER, "no tweet")
    owner.state = State(FIVE + 6 * QUARTER, owner.state.raised)

    assert [owner.after(QUARTER) for _ in range(6)] == [[], [], [], [], [Change.OVER], []]


def test_a_failure_nobody_heard_of_ends_without_a_word() -> None:
    """Where nobody could be told, an end would only puzzle."""
    owner = Owner()
    owner.state = State(raised={WHAT: Episode(FIVE)})

    assert [owner.after(QUARTER) for _ in range(4)] == [[]] * 4


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        pytest.param([("a", "x"), ("a", "y"), ("b", "x")], {"a": ["x", "y"], "b": ["x"]}, id="gathered"),
        pytest.param([("a", "x"), ("a", "x")], {"a": ["x"]}, id="said twice"),
    ],
)
def test_findings_are_gathered_by_what_they_are_about(
    findings: Sequence[tuple[str, str]], said: dict[str, list[str]]
) -> None:
    """Several findings about one thing are one alarm of several lines."""
    found = by_alarm(Finding(Alarm.READER_REFUSED, about, says) for about, says in findings)

    assert found == {Alarm.READER_REFUSED: said}
