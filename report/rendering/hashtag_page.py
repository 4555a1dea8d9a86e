"""A hashtag's page: what is known of it, its days as a chart and a table; and the same numbers as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from report.hashtag_histories import (
    ALWAYS,
    LATELY_DAYS,
    LEAST_TWEETS,
    MOST_USED,
    HashtagHistory,
    Index,
    Observed,
    Shard,
    Use,
    link_to,
    page_of,
)
from report.rendering.day_columns import DayColumns, draw_days
from report.rendering.shell import environment, render_shell
from report.words import count_of, isolated, long_day, ordinal, percent, shown_tag

_NEWS_DAYS = 30
_WIDE, _NARROW = (720, 230), (420, 220)
_WHOLE = 0.95
"""From this share of its minutes on, a day was as good as wholly observed; less is said beside the day."""


@dataclass(frozen=True)
class Day:
    """A day of the zone as the page tells of it; `observed` None: not counted, `use` None: little used."""

    day: date
    observed: Observed | None
    use: Use | None

    @property
    def share(self) -> float:
        """How much of the day was observed, 0 to 1."""
        return self.observed.minutes / self.observed.expected if self.observed else 0.0

    @property
    def drawn(self) -> int | None:
        """The height of its column; None where nothing was observed."""
        if self.use:
            return self.use.tweets
        return 0 if self.share else None


@dataclass(frozen=True)
class DayRow:
    """A row of the table: a day's numbers, or, without `tweets`, what there is to say of days without."""

    day: str
    tweets: str = ""
    authors: str = ""
    rank: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Neighbour:
    """A hashtag that stood in the same tweets, where its page is, and in how many tweets."""

    name: str
    path: str
    tweets: str


@dataclass(frozen=True)
class HashtagContext:
    """All that the page says, in its final words."""

    headline: str
    period: str
    finding: str
    unit: str
    wide: DayColumns
    narrow: DayColumns
    told: str
    facts: tuple[tuple[str, str], ...]
    spellings: tuple[tuple[str, str], ...]
    companions: tuple[Neighbour, ...]
    lately: str
    rows: tuple[DayRow, ...]
    note: str
    data: str


def render_hashtag(key: str, shard: Shard, zone: str) -> str:
    """Return the page of a hashtag of the shard; `zone` is the name of the one its days are of."""
    context = hashtag_context(key, shard, zone)
    body = _drawn("hashtag.html.j2", page=context)
    style = Markup('<link rel="alternate" type="application/json" href="{}">{}').format(
        context.data, _style()
    )
    last = max(shard.observed)
    name = shown_tag(shard.hashtags[key].known.tag)
    return render_shell(name, body, description=context.headline, dateline=long_day(last), head_html=style)


def render_hashtags(index: Index, zone: str) -> str:
    """Return the page that leads to the others: a form, and the first hashtags of the newest day."""
    last = max(index.days, default=None)
    rows = [(f"{at}", _neighbour(tag, tweets)) for at, (tag, tweets) in enumerate(index.newest, 1)]
    title = f"Most used on {long_day(last)}, a day of {zone}" if last else ""
    body = _drawn("hashtags.html.j2", title=title, rows=rows)
    return render_shell("Hashtags", body, head_html=_style())


def hashtag_context(key: str, shard: Shard, zone: str) -> HashtagContext:
    """Return what the page of a hashtag of the shard says."""
    history = shard.hashtags[key]
    days = days_of(history, shard)
    values = [(one.day, one.drawn) for one in days]
    return HashtagContext(
        headline=_headline(history, shard),
        period=f"Days of {zone}, {_span(days[0].day, days[-1].day)}; {_rule(shard)}",
        finding=_finding(days),
        unit=f"tweets a day, days of {zone}{_gaps(days)}",
        wide=draw_days(values, *_WIDE),
        narrow=draw_days(values, *_NARROW),
        told=f"Columns from {_span(days[0].day, days[-1].day)}. The numbers stand in the table.",
        facts=tuple(_facts(history)),
        spellings=tuple((f"#{name}", f"{tweets:,}") for name, tweets in history.lately.spellings),
        companions=tuple(_neighbour(name, tweets) for name, tweets in history.lately.companions),
        lately=f"in the last {LATELY_DAYS} days",
        rows=tuple(_rows(days)),
        note=_note(shard),
        data=f"{page_of(key)}.json",
    )


def hashtag_data(key: str, shard: Shard, zone: str) -> dict[str, Any]:
    """Return the page's numbers for machines; of every day it tells of, oldest first."""
    history = shard.hashtags[key]
    known, lately = history.known, history.lately
    return {
        "hashtag": known.tag,
        "key": key,
        "zone": zone,
        "retweets": shard.retweets,
        "until": max(shard.observed).isoformat(),
        "first_seen": known.first_day.isoformat(),
        "best": {"rank": known.best_place, "day": known.best_day.isoformat()},
        "days_in_top_ten": known.days_in_top,
        "spellings": [{"spelling": name, "tweets": tweets} for name, tweets in lately.spellings],
        "companions": [{"hashtag": name, "tweets": tweets} for name, tweets in lately.companions],
        "days": [_day_data(one) for one in days_of(history, shard)],
    }


def days_of(history: HashtagHistory, shard: Shard) -> tuple[Day, ...]:
    """Return the days the page tells of, oldest first: from the first use, but a month at least."""
    last = max(shard.observed)
    month = last - timedelta(days=_NEWS_DAYS - 1)
    first = max(min(shard.observed), min(history.uses[0].day, month))
    uses = {use.day: use for use in history.uses}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(Day(day, shard.observed.get(day), uses.get(day)) for day in days)


def _headline(history: HashtagHistory, shard: Shard) -> str:
    known, last = history.known, max(shard.observed)
    days = min(_NEWS_DAYS, (last - min(shard.observed)).days + 1)
    tweets = sum(use.tweets for use in history.uses if (last - use.day).days < days)
    name = isolated(shown_tag(known.tag))
    best = f"best {ordinal(known.best_place)} on {_day(known.best_day)}"
    if not tweets:
        return f"{name}: last much used on {_day(history.uses[-1].day)}, {best}"
    return f"{name}: {count_of(tweets, 'tweet')} in {count_of(days, 'day')}, {best}"


def _rule(shard: Shard) -> str:
    return "retweets counted" if shard.retweets else "retweets not counted"


def _finding(days: tuple[Day, ...]) -> str:
    busiest = max((one.use for one in days if one.use), key=lambda use: (use.tweets, use.day))
    return f"Most on {long_day(busiest.day)}: {count_of(busiest.tweets, 'tweet')}"


def _gaps(days: tuple[Day, ...]) -> str:
    return "; grey: not observed" if any(one.drawn is None for one in days) else ""


def _facts(history: HashtagHistory) -> Iterator[tuple[str, str]]:
    known = history.known
    yield "First seen", long_day(known.first_day)
    yield "Best rank", f"{ordinal(known.best_place)}, on {_day(known.best_day)}"
    yield "In the top ten", f"on {count_of(known.days_in_top, 'day')}" if known.days_in_top else "never"


def _rows(days: tuple[Day, ...]) -> Iterator[DayRow]:
    """Yield the days with numbers, the newest first, and, as one row each, runs of days not observed."""
    unseen: list[date] = []
    for one in (*reversed(days), None):
        if one and one.drawn is None:
            unseen.append(one.day)
            continue
        if unseen:
            yield DayRow(_span(unseen[-1], unseen[0]), remark="not observed")
            unseen = []
        if one and one.use:
            yield _row(one, one.use)


def _row(one: Day, use: Use) -> DayRow:
    remark = "" if one.share >= _WHOLE else f"{percent(one.share)} of the minutes seen"
    day = f"{one.day:%a} {one.day.day} {one.day:%b %Y}"
    return DayRow(day, f"{use.tweets:,}", f"{use.authors:,}", ordinal(use.place), remark)


def _note(shard: Shard) -> str:
    return (
        f"A day is listed where the hashtag was among the first {ALWAYS}, or among the first {MOST_USED:,}"
        f" with {LEAST_TWEETS} tweets or more; on the others it had fewer. Where less than"
        f" {percent(_WHOLE)} of a day was seen, it says so. Counted are closed days, up to"
        f" {long_day(max(shard.observed))}, for a year."
    )


def _day_data(one: Day) -> dict[str, Any]:
    use = one.use
    return {
        "day": one.day.isoformat(),
        "observed_share": round(one.share, 4),
        "tweets": use.tweets if use else None,
        "authors": use.authors if use else None,
        "rank": use.place if use else None,
    }


def _neighbour(name: str, tweets: int) -> Neighbour:
    return Neighbour(shown_tag(name), link_to(name), f"{tweets:,}")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(first: date, last: date) -> str:
    """Return "20 November 2026", "7 to 20 November 2026", "28 December 2026 to 3 January 2027"."""
    if first == last:
        return _day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    return (
        f"{first.day} {first:%B} to {_day(last)}"
        if first.year == last.year
        else f"{_day(first)} to {_day(last)}"
    )


def _drawn(template: str, **values: object) -> Markup:
    text = environment().get_template(template).render(**values)
    return Markup(text)  # noqa: S704 the template escapes all it is given


def _style() -> Markup:
    return _drawn("hashtag_style.html.j2")
