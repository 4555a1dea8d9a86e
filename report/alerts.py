"""What is wrong and when it is told: at a change, again while it lasts, never to and fro.

An episode begins when something is found and ends when it was not found for `CALM`:

    raised ──▶ told ──▶ told again each `repeat_after` ──▶ calm ──▶ over, told too where it can heal

Only who looked for a thing knows that it is not there; what nobody looks for any more is forgotten unsaid.
A run takes the telling upon itself before it tells, so of several hosts one does; one that died meanwhile,
or could tell nobody, leaves it to the next.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

CALM = timedelta(minutes=30)
"""For how long a thing must not be found to be over; what comes and goes faster is one episode."""

TELLING = timedelta(minutes=10)
"""How long a run that took a telling upon itself is waited for."""

FORGOTTEN = timedelta(days=9)
"""For how long, beyond the next telling, a thing is remembered that nobody looks for any more."""

_LONGEST_ABOUT = 200
_MOST_KEPT = 50


class Alarm(StrEnum):
    """What can be wrong."""

    BUILD_FAILED = "build-failed"
    NOT_HANDED_OVER = "not-handed-over"
    COMPACT_FAILED = "compact-failed"
    COLLECTOR_STOPPED = "collector-stopped"
    SOURCE_STALE = "source-stale"
    READER_UNREADABLE = "reader-unreadable"
    READER_REFUSED = "reader-refused"
    UNKNOWN_OUTCOME = "unknown-outcome"
    LATE = "late"
    HELD = "held"
    MAIL_BROKEN = "mail-broken"
    NO_MAIL = "no-mail"
    NOT_ASKED = "not-asked"
    STORAGE_FAILED = "storage-failed"

    @property
    def heals(self) -> bool:
        """Whether its end is news; what befell one mail is not undone because nobody mentions it any more."""
        return self not in (Alarm.READER_REFUSED, Alarm.UNKNOWN_OUTCOME, Alarm.LATE)

    @property
    def patience(self) -> timedelta:
        """How long it must last to be told: a server may put a mail off once, and take it a moment later."""
        return timedelta(minutes=10) if self in (Alarm.NO_MAIL, Alarm.NOT_ASKED) else timedelta(0)

    @property
    def words(self) -> str:
        """The name as it stands in a sentence."""
        return self.value.replace("-", " ")


class Change(StrEnum):
    """Why a thing is told now."""

    RAISED = "new"
    LASTS = "still so"
    OVER = "over"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `about` names it the same way at every run; `says` may name a reader."""

    alarm: Alarm
    about: str
    says: str


Checked = Collection[Alarm | tuple[Alarm, str]]
"""What a run looked for: an alarm whatever it is about, or with one thing, as `Finding.about` names it."""


@dataclass(frozen=True)
class Notice:
    """Something to be told: what is wrong since when (aware), in the words of all its findings."""

    alarm: Alarm
    about: str
    change: Change
    since: datetime
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Episode:
    """One thing that is wrong, over several runs; `count` is how many findings were told last.

    What befell a mail is found once, so its words are kept in `says` until somebody was told.
    """

    since: datetime
    count: int = 0
    told_at: datetime | None = None
    telling_since: datetime | None = None
    calm_since: datetime | None = None
    says: tuple[str, ...] = ()

    def is_being_told(self, now: datetime) -> bool:
        """Whether another run is at it."""
        return self.telling_since is not None and now - self.telling_since < TELLING


@dataclass(frozen=True)
class State:
    """What is known of one alarm: its episodes by what they are about, and until when it is muted."""

    muted_until: datetime | None = None
    raised: Mapping[str, Episode] = field(default_factory=dict)

    def is_muted(self, now: datetime) -> bool:
        """Whether nobody wants to hear of it."""
        return self.muted_until is not None and now < self.muted_until


def by_alarm(findings: Iterable[Finding]) -> dict[Alarm, dict[str, list[str]]]:
    """Return what is said of each thing, by alarm."""
    found: dict[Alarm, dict[str, list[str]]] = {}
    for finding in findings:
        said = found.setdefault(finding.alarm, {}).setdefault(finding.about[:_LONGEST_ABOUT], [])
        if finding.says not in said:
            said.append(finding.says)
    return found


def looked_for(alarm: Alarm, checked: Checked) -> Callable[[str], bool]:
    """Return what tells of a thing whether this run looked for the alarm there."""
    things = {it[1][:_LONGEST_ABOUT] for it in checked if isinstance(it, tuple) and it[0] is alarm}
    is_all = alarm in checked
    return lambda about: is_all or about in things


def decide(
    alarm: Alarm,
    said: Mapping[str, Sequence[str]],
    is_checked: Callable[[str], bool],
    now: datetime,
    repeat_after: timedelta,
    state: State,
) -> tuple[State, list[Notice]]:
    """Return the alarm's next state and what is to be told, from what is said of each thing found.

    What was not found is on its way to be over only where `is_checked` says that it was looked for.
    """
    raised, notices = {}, []
    for about in sorted({*state.raised, *said}):
        if about not in said and not is_checked(about):
            if not _is_forgotten(state.raised[about], now - repeat_after):
                raised[about] = state.raised[about]
            continue
        episode = _seen(alarm, state.raised.get(about), tuple(said.get(about, ())), now)
        words = tuple(said.get(about, episode.says))
        change = _due(alarm, episode, len(words), now, repeat_after)
        if change and not state.is_muted(now) and not episode.is_being_told(now):
            notices.append(Notice(alarm, about, change, episode.since, words))
            episode = replace(episode, telling_since=now)
        if not _is_spent(alarm, episode, now):
            raised[about] = episode
    return replace(state, raised=raised), notices


def told(episode: Episode, notice: Notice, now: datetime) -> Episode | None:
    """Return the episode after its notice was told at `now`: None where that was the last word."""
    if notice.change is Change.OVER:
        return None
    return replace(episode, count=len(notice.says), told_at=now, telling_since=None, says=())


def not_told(episode: Episode) -> Episode:
    """Return the episode after nobody could be told."""
    return replace(episode, telling_since=None)


def _seen(alarm: Alarm, episode: Episode | None, words: tuple[str, ...], now: datetime) -> Episode:
    if episode is None:
        return Episode(now, says=() if alarm.heals else words[:_MOST_KEPT])
    return replace(episode, calm_since=None if words else episode.calm_since or now)


def _due(alarm: Alarm, episode: Episode, count: int, now: datetime, repeat_after: timedelta) -> Change | None:
    if now - episode.since < alarm.patience:
        return None
    if count and (episode.told_at is None or count > episode.count):
        return Change.RAISED
    if episode.told_at is None:
        return None
    if count:
        return Change.LASTS if now - episode.told_at >= repeat_after else None
    return Change.OVER if alarm.heals and _is_calm(episode, now) else None


def _is_spent(alarm: Alarm, episode: Episode, now: datetime) -> bool:
    """Whether nothing is left to say of it: it is gone, and nobody heard of it, or its end is no news."""
    if episode.calm_since is None or episode.is_being_told(now):
        return False
    if episode.told_at is None:
        return not episode.says
    return _is_calm(episode, now) and not alarm.heals


def _is_forgotten(episode: Episode, last_telling: datetime) -> bool:
    return last_telling - (episode.told_at or episode.since) >= FORGOTTEN


def _is_calm(episode: Episode, now: datetime) -> bool:
    return episode.calm_since is not None and now - episode.calm_since >= CALM
