"""The values a report is made of: tables, charts, notes, and the report itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from report.window import Window

_SLUG = re.compile(r"[a-z][a-z0-9-]*")
_DAYS_OF_WEEK = 7


class Verdict(Enum):
    """Whether a change is more than chance, in the words a reader sees."""

    REAL = "real"
    NOISE = "within noise"
    UNKNOWN = "no comparison"


@dataclass(frozen=True)
class Change:
    """How a count changed between two periods, set to the same observed time.

    `percent` is None where there is nothing to divide by.
    """

    before: int
    after: int
    percent: float | None
    verdict: Verdict


class Kind(Enum):
    """What a column holds, and so how it is shown."""

    RANK = "rank"  # or another number that only says which row it is
    TAG = "tag"
    WORD = "word"
    PHRASE = "phrase"  # others' words: cut to what a column can hold, whole in the CSV
    COUNT = "count"
    DECIMAL = "decimal"  # to six decimals
    SHARE = "share"
    BAR = "bar"
    CHANGE = "change"
    SHADE = "shade"
    DAY = "day"
    REMARK = "remark"  # stands below the row's heading
    DATA = "data"  # stands in the CSV alone


Value = str | int | float | date | Change | None


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and its name in the CSV (`name` if not said)."""

    name: str
    kind: Kind
    field: str = ""

    @property
    def csv_name(self) -> str:
        """The column's name in a CSV file."""
        return self.field or self.name.lower().replace(" ", "_")


@dataclass(frozen=True)
class Table:
    """A table of numbers. `slug` names its CSV; `title` is its caption; `empty` is said when no row is.

    Only the first `shown` rows stand outside the CSV, all where none is said. `more` is how many of these
    stand on the page alone, where a mail had no room for them.
    """

    slug: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    empty: str = "Nothing to show."
    more: int = 0
    shown: int | None = None

    def __post_init__(self) -> None:
        _check_slug(self.slug)
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.slug!r} has {len(self.columns)} columns, a row has {row!r}")

    @property
    def shown_rows(self) -> tuple[tuple[Value, ...], ...]:
        """The rows that stand outside the CSV."""
        return self.rows[: self.shown]

    @property
    def in_csv_alone(self) -> int:
        """How many rows stand in the CSV alone."""
        return len(self.rows) - len(self.shown_rows) - self.more


@dataclass(frozen=True)
class Series:
    """One row of values for a chart; None is a gap, which is drawn as a gap."""

    name: str
    values: tuple[float | None, ...]


class ChartKind(Enum):
    """How a chart is drawn: `COLUMNS` run along a time axis, `BARS` lie one below another."""

    COLUMNS = "columns"
    BARS = "bars"


@dataclass(frozen=True)
class ChartSpec:
    """A chart, said once and drawn by whoever can. Its axis of values starts at zero.

    `series[0]` is drawn in the accent colour; a second one, in grey, is what it is compared with.
    `title` says the finding; `axis` names what runs along the labels, with the zone where it is a time.
    `edges`, one more than there are labels, stand between the columns of a histogram, which touch.
    """

    slug: str
    title: str
    kind: ChartKind
    axis: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    edges: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_slug(self.slug)
        if self.edges and len(self.edges) != len(self.labels) + 1:
            raise ValueError(f"chart {self.slug!r}: {len(self.edges)} edges about {len(self.labels)} labels")
        if not 1 <= len(self.series) <= 2:
            raise ValueError(f"chart {self.slug!r} wants one or two series, got {len(self.series)}")
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(
                    f"chart {self.slug!r}: {series.name!r} does not fit {len(self.labels)} labels"
                )


@dataclass(frozen=True)
class StripLine:
    """One line of a strip: a whole number a label, and how much of `full` each is shaded."""

    name: str
    values: tuple[int, ...]
    weights: tuple[int, ...]
    full: int


@dataclass(frozen=True)
class Strip:
    """Whole numbers along the hours, set in rows of twelve so that they fit a telephone."""

    slug: str
    title: str
    axis: str
    labels: tuple[str, ...]
    lines: tuple[StripLine, ...]

    def __post_init__(self) -> None:
        _check_slug(self.slug)
        for line in self.lines:
            if not len(line.values) == len(line.weights) == len(self.labels):
                raise ValueError(f"strip {self.slug!r}: {line.name!r} does not fit {len(self.labels)} labels")


@dataclass(frozen=True)
class Note:
    """Plain sentences, one paragraph each."""

    paragraphs: tuple[str, ...]


Block = Table | ChartSpec | Strip | Note


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    A mail that would grow too large goes without the sections of the highest `spare` first; never without 0.
    """

    title: str
    blocks: tuple[Block, ...]
    spare: int = 0


class Span(Enum):
    """How much a period covers, in the plural: weeks are those of ISO 8601, from Monday."""

    SO_FAR = "days so far"
    DAY = "days"
    WEEK = "weeks"
    MONTH = "months"


@dataclass(frozen=True)
class Period:
    """What a report is about: a day of its zone, the part of it that has passed, or what ends with that day.

    `window` is the stretch that is covered, in UTC; `is_open` says that the day goes on after it.
    """

    day: date
    zone: ZoneInfo
    window: Window
    is_open: bool = False

    @property
    def first_day(self) -> date:
        """The zone's day on which the period begins."""
        return self.window.start.astimezone(self.zone).date()

    @property
    def span(self) -> Span:
        """How much it covers."""
        if self.is_open:
            return Span.SO_FAR
        days = (self.day - self.first_day).days + 1
        return Span.DAY if days == 1 else Span.WEEK if days == _DAYS_OF_WEEK else Span.MONTH

    @property
    def is_week(self) -> bool:
        """Whether it is an ISO week."""
        return self.span is Span.WEEK

    @property
    def id(self) -> str:
        """The period's name in keys and addresses; `report.periods.period_of` reads it back."""
        if self.is_open:
            return f"{self.window.end.date().isoformat()}T{self.window.end:%H%M}Z"
        if self.is_week:
            year, week, _ = self.day.isocalendar()
            return f"{year:04}-W{week:02}"
        return self.day.isoformat()[:7] if self.span is Span.MONTH else self.day.isoformat()


@dataclass(frozen=True)
class Report:
    """A report as a value. `headline` is the news in one sentence; `data` is what data.json adds.

    What a report has no notion of stays unsaid: `coverage` is the share of the period's minutes that were
    observed, 0 to 1; `is_empty` says that nothing was collected; `ranking` names the first ten, in order;
    `totals` are whole numbers by their plural nouns. `notice` is shown before everything else.
    """

    name: str
    title: str
    period: Period
    headline: str
    sections: tuple[Section, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    coverage: float | None = None
    is_empty: bool = False
    ranking: tuple[str, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    notice: str = ""

    def __post_init__(self) -> None:
        _check_slug(self.name)
        slugs = [block.slug for block in self.blocks() if not isinstance(block, Note)]
        if len(set(slugs)) != len(slugs):
            raise ValueError(f"report {self.name!r} uses a slug twice: {sorted(slugs)}")

    def blocks(self) -> tuple[Block, ...]:
        """Return every block, in reading order."""
        return tuple(block for section in self.sections for block in section.blocks)

    def tables(self) -> tuple[Table, ...]:
        """Return every table, in reading order."""
        return tuple(block for block in self.blocks() if isinstance(block, Table))

    def charts(self) -> tuple[ChartSpec, ...]:
        """Return every chart, in reading order."""
        return tuple(block for block in self.blocks() if isinstance(block, ChartSpec))


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"a slug is of a-z, 0-9 and '-': {slug!r}")
