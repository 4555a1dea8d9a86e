"""Numbers, days and languages in words a reader knows."""

from datetime import date, datetime, timedelta
from unicodedata import bidirectional

from report.values import Period, Span

_LONGEST_SHOWN = 40
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi"}
_NO_LANGUAGE = {"und": "no known language", "zxx": "no words", "qme": "media only", "qht": "hashtags only"}


def count_of(number: int, noun: str) -> str:
    """Return "1 tweet", "1,412 tweets"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ordinal(number: int) -> str:
    """Return "1st", "22nd", "113th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def shown_tag(tag: str) -> str:
    """Return a hashtag with its sign, cut to what a column can hold; data.json has it whole."""
    return f"#{cut(tag)}"


def cut(spelling: str) -> str:
    """Return a hashtag's spelling, cut to what a column can hold."""
    if len(spelling) <= _LONGEST_SHOWN:
        return spelling
    return f"{spelling[: _LONGEST_SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"


def isolated(text: str) -> str:
    """Return a text that may run from right to left, set apart so that the sentence around it does not."""
    runs_left = any(bidirectional(sign) in ("R", "AL") for sign in text)
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if runs_left else text


def percent(share: float) -> str:
    """Return a share, 0 to 1, as "98 %"; never 0 % or 100 % unless it is just that."""
    rounded = round(share * 100)
    if rounded == 0 and share > 0:
        return "under 1\N{NO-BREAK SPACE}%"
    if rounded == 100 and share < 1:
        rounded = 99
    return f"{rounded}\N{NO-BREAK SPACE}%"


def long_day(day: date) -> str:
    """Return "Friday, 20 November 2026"."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def plain_day(day: date) -> str:
    """Return "20 November 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def short_day(day: date) -> str:
    """Return "20 Nov 2026", which may break before the year."""
    return f"{day.day}\N{NO-BREAK SPACE}{day:%b} {day.year}"


def clock_hour(moment: datetime) -> str:
    """Return "17:00" in the moment's own zone."""
    return f"{moment:%H:%M}"


def span(period: Period) -> str:
    """Return the period in its own zone, to the minute: "Friday, 20 November 2026, 00:00 to 24:00, UTC"."""
    first = f"{long_day(period.first_day)}, {period.window.start.astimezone(period.zone):%H:%M}"
    last_day = f"{long_day(period.day)}, " if period.first_day < period.day else ""
    so_far = " so far" if period.is_open else ""
    return f"{first} to {last_day}{_end_of(period)}{so_far}, {period.zone.key}"


def period_name(period: Period) -> str:
    """Return the period as a title has it, such as "Friday, 20 November 2026, until 07:30"."""
    if period.is_week:
        return f"Week {period.day.isocalendar().week}, {days_of_week(period.day)}"
    if period.span is Span.MONTH:
        return f"{period.day:%B} {period.day.year}"
    until = f", until {_end_of(period)}" if period.is_open else ""
    return f"{long_day(period.day)}{until}"


def days_of_week(sunday: date) -> str:
    """Return the days of the week that ends on `sunday`: "16 to 22 November 2026"."""
    monday = sunday - timedelta(days=6)
    if monday.year != sunday.year:
        return f"{plain_day(monday)} to {plain_day(sunday)}"
    month = f" {monday:%B}" if monday.month != sunday.month else ""
    return f"{monday.day}{month} to {plain_day(sunday)}"


def _end_of(period: Period) -> str:
    end = period.window.end.astimezone(period.zone)
    return f"{end:%H:%M}" if end.date() == period.day else "24:00"


def language(code: str) -> str:
    """Return the English name of a language code as Twitter gives it; the code itself if it is unknown."""
    if code in _NO_LANGUAGE:
        return _NO_LANGUAGE[code]
    from babel import Locale  # the web's pages say no languages, and do without

    names = Locale("en").languages
    code = _OLD_CODES.get(code, code)
    return str(names.get(code.replace("-", "_")) or names.get(code.split("-")[0]) or code)
