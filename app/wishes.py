"""What stands in the forms: what a reader may choose, and how what was chosen is understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from werkzeug.datastructures import MultiDict

from report.addresses import mailbox
from report.catalogue import FIRST, recipes
from report.errors import MailError
from report.readers import (
    ONCE_A_MONTH,
    WEEKDAY_NAMES,
    WEEKDAYS,
    Every,
    Reader,
    Rhythm,
    parse_rhythm,
    parse_zone,
)

OFTEN = {Every.DAY.value: "every day", Every.WEEK.value: "every week", Every.HOUR.value: "every hour"}
_ELSEWHERE = "Other"
_LONGEST = 400
_NO_PLACES = ("Factory", "localtime", "posixrules")


@dataclass(frozen=True)
class Form:
    """What the fields of a form hold, as text, and what is wrong with them by field."""

    zone: str
    address: str = ""
    reports: tuple[str, ...] = (FIRST,)
    often: str = Every.DAY.value
    weekday: str = WEEKDAYS[0]
    at: str = "05:00"
    problems: Mapping[str, str] = field(default_factory=dict)

    choices: ClassVar = OFTEN
    monthly_words: ClassVar = ONCE_A_MONTH
    weekdays: ClassVar = dict(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True))

    @property
    def monthly(self) -> frozenset[str]:
        """The reports that come when a month is over, however often mail may come."""
        return frozenset(name for name, recipe in recipes().items() if recipe.is_monthly)

    @property
    def places(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The zones to choose from, by continent."""
        return _places()


def form_of(reader: Reader) -> Form:
    """Return the form that holds what a reader gets now, without the address."""
    rhythm = reader.rhythm
    at = "05:00" if rhythm.every is Every.HOUR else rhythm.at.isoformat("minutes")
    return Form(reader.zone.key, "", reader.reports, rhythm.every.value, WEEKDAYS[rhythm.weekday], at)


def filled(said: Mapping[str, str], reports: tuple[str, ...], needs_address: bool = True) -> Form:
    """Return the form as somebody sent it, whatever that is, with its problems."""
    names = ("zone", "address", "often", "weekday", "at")
    zone, address, often, weekday, at = (said.get(name, "").strip()[:_LONGEST] for name in names)
    form = Form(zone, address, reports, often, weekday, at)
    return replace(form, problems=_problems(form, needs_address))


def chosen(said: MultiDict[str, str], among: Iterable[str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Return the reports that were ticked of those there are; `otherwise` where there was nothing to tick."""
    if "choose" not in said:
        return otherwise
    return tuple(name for name in among if name in said.getlist("report"))


def rhythm_of(form: Form) -> Rhythm:
    """Return the rhythm chosen; raise `ValueError`."""
    if form.often == Every.HOUR.value:
        return Rhythm(Every.HOUR)
    day = f" {form.weekday}" if form.often == Every.WEEK.value else ""
    return parse_rhythm(f"{form.often}{day} {form.at}")


def zone_of(form: Form) -> ZoneInfo:
    """Return the zone chosen; raise `ValueError`."""
    return parse_zone(form.zone)


def reader_of(form: Form) -> Reader:
    """Return the reader a form without problems describes; the name beside an address is not kept."""
    return Reader(mailbox(form.address).addr_spec, form.reports, rhythm_of(form), zone_of(form))


def _problems(form: Form, needs_address: bool) -> dict[str, str]:
    problems = {}
    if needs_address:
        try:
            mailbox(form.address)
        except MailError:
            problems["address"] = "This is no mail address we can write to: it looks like ann@example.com."
    if not form.reports:
        problems["reports"] = "Choose at least one report."
    try:
        zone_of(form)
    except ValueError:
        problems["zone"] = "Choose a time zone from the list."
    return problems | _rhythm_problems(form)


def _rhythm_problems(form: Form) -> dict[str, str]:
    if form.often not in OFTEN:
        return {"often": "Choose how often the mail comes."}
    if form.often == Every.WEEK.value and form.weekday not in WEEKDAYS:
        return {"weekday": "Choose a day of the week."}
    try:
        rhythm_of(form)
    except ValueError:
        return {"at": "Choose a time, such as 05:00."}
    return {}


@cache
def _places() -> tuple[tuple[str, tuple[str, ...]], ...]:
    zones = sorted((_continent(name), name) for name in available_timezones() if name not in _NO_PLACES)
    grouped = groupby(zones, key=lambda zone: zone[0])
    places = {continent: tuple(name for _, name in names) for continent, names in grouped}
    last = places.pop(_ELSEWHERE, ())
    return (*places.items(), (_ELSEWHERE, last))


def _continent(zone: str) -> str:
    continent, slash, _ = zone.partition("/")
    return continent if slash else _ELSEWHERE
