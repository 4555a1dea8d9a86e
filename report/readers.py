"""Who reads which report, and when: readers and their rhythms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from report.catalogue import recipes, titles
from report.values import Span

ONCE_A_MONTH = "once a month"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_REMEMBERED = timedelta(days=10)  # longer than a week and the hours a mail may be late
_MOST_MOVES = 8
_RHYTHM = re.compile(r"(?:daily|weekly (?P<weekday>[a-z]{3})) (?P<hours>\d{1,2}):(?P<minutes>\d{2})")


class Every(Enum):
    """How often a mail comes."""

    HOUR = "hourly"
    DAY = "daily"
    WEEK = "weekly"


@dataclass(frozen=True)
class Rhythm:
    """When a reader's mail is due by the reader's own clock; Monday is weekday 0.

    Written `hourly` (at each full hour), `daily 05:00` or `weekly mon 05:00`.
    """

    every: Every
    at: time = time(0)
    weekday: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.weekday < len(WEEKDAYS) or self.at.second or self.at.microsecond or self.at.tzinfo:
            raise ValueError(f"no rhythm: {self.every}, weekday {self.weekday}, at {self.at}")

    def __str__(self) -> str:
        if self.every is Every.HOUR:
            return "hourly"
        weekday = f" {WEEKDAYS[self.weekday]}" if self.every is Every.WEEK else ""
        return f"{self.every.value}{weekday} {self.at.isoformat('minutes')}"

    @property
    def words(self) -> str:
        """Return when mail comes, as people say it: "every Monday at 05:00"."""
        if self.every is Every.HOUR:
            return "every hour"
        often = "every day" if self.every is Every.DAY else f"every {WEEKDAY_NAMES[self.weekday]}"
        return f"{often} at {self.at.isoformat('minutes')}"

    def words_for(self, report: str) -> str:
        """Return when that report comes, as people say it: a report of months once a month, by any rhythm.

        One without days so far comes to who reads hourly as if that were daily.
        """
        recipe = recipes().get(report)
        if recipe and recipe.is_monthly:
            return ONCE_A_MONTH
        if recipe and self.every is Every.HOUR and Span.SO_FAR not in recipe.spans:
            return replace(self, every=Every.DAY).words
        return self.words


def parse_rhythm(text: str) -> Rhythm:
    """Return the rhythm written in `text`; raise `ValueError` saying how one is written."""
    said = text.strip().lower()
    if said == Every.HOUR.value:
        return Rhythm(Every.HOUR)
    written = _RHYTHM.fullmatch(said)
    try:
        if not written:
            raise ValueError
        at = time(int(written["hours"]), int(written["minutes"]))
        if written["weekday"]:
            return Rhythm(Every.WEEK, at, WEEKDAYS.index(written["weekday"]))
    except ValueError as error:
        raise ValueError(f"{text!r} is no rhythm; write hourly, daily 05:00 or weekly mon 05:00") from error
    return Rhythm(Every.DAY, at)


def parse_zone(text: str) -> ZoneInfo:
    """Return the zone named `text`; raise `ValueError` for what is none."""
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"{text!r} is no time zone; write one such as UTC or Europe/Paris") from error


def parse_moment(text: str) -> datetime:
    """Return the moment written in ISO 8601, as UTC; raise `ValueError` for one without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone; write 2026-11-21T05:00+01:00")
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class Move:
    """A rhythm and zone that counted until `until` (aware), when others took their place."""

    rhythm: Rhythm
    zone: ZoneInfo
    until: datetime


def with_move(moves: Sequence[Move], last: Move) -> tuple[Move, ...]:
    """Return the moves and the last one; what is so old that nothing is owed by it is left out."""
    lately = [move for move in moves if last.until - move.until < _REMEMBERED]
    return (*lately, last)[-_MOST_MOVES:]


@dataclass(frozen=True)
class Reader:
    """Somebody who gets reports by mail.

    `since` (aware) is when the reader joined: what was due before is not mailed. None for those of MAIL_TO.
    `moves` are the rhythms and zones before this one, of late: what was due by them is still owed. Readers
    who get the same are equal, whatever they had before.
    """

    address: str
    reports: tuple[str, ...]
    rhythm: Rhythm
    zone: ZoneInfo
    since: datetime | None = None
    moves: tuple[Move, ...] = field(default=(), compare=False)

    def moved(self, rhythm: Rhythm, zone: ZoneInfo, now: datetime) -> "Reader":
        """Return the reader with this rhythm and zone from `now` (aware) on; what went before is kept."""
        moves = with_move(self.moves, Move(self.rhythm, self.zone, now))
        return replace(self, rhythm=rhythm, zone=zone, moves=moves)

    @property
    def titles(self) -> str:
        """The titles of the reports, as one phrase."""
        return _titles_of(self.reports)

    @property
    def when(self) -> str:
        """When mail comes: "every hour, UTC time", and beside it which reports come at other times."""
        by_words: dict[str, list[str]] = {}
        for report in self.reports or ("",):
            by_words.setdefault(self.rhythm.words_for(report), []).append(report)
        if by_words.keys() == {ONCE_A_MONTH}:
            return ONCE_A_MONTH
        first, *others = sorted(
            by_words, key=lambda words: (words == ONCE_A_MONTH, words != self.rhythm.words)
        )
        aside = ", ".join(f"{_titles_of(by_words[words])} {words}" for words in others)
        return f"{first}, {self.zone.key} time{f' ({aside})' if aside else ''}"


def _titles_of(reports: Sequence[str]) -> str:
    known = titles()
    *others, last = [known.get(name, name) for name in reports] or [""]
    return f"{', '.join(others)} and {last}" if others else last
