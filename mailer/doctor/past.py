"""What became of the last reports and mails, and what is raised."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.doctor.verdicts import Verdict, ok, warning
from mailer.ledger import Entry, Found, Occasion, State, look_up
from report.addresses import reader_key
from report.alert_states import states
from report.catalogue import FIRST, Recipe
from report.editions import latest
from report.errors import NotFound
from report.periods import newest_over
from report.readers import Reader
from report.runs import is_over
from report.storage import Storage
from report.window import last_whole_day

_KINDS = tuple(
    map(re.compile, (r"\d{4}-\d\d-\d\d", r"\d{4}-W\d\d", r"\d{4}-\d\d", r"\d{4}-\d\d-\d\dT\d{4}Z"))
)
_BUILDING = timedelta(minutes=30)
_MOST_NAMED = 5
_MOST_WORDS = 160
_ADVICE = {
    State.REFUSED: "mend or remove the address; `python -m mailer ledger --resolve again ADDRESS` says what "
    "sends it then",
    State.UNKNOWN: "ask the reader, then `python -m mailer ledger --resolve arrived` or `again ADDRESS`, "
    "which says what sends it then",
}


def check_past(
    storage: Storage, recipe: Recipe, readers: Sequence[Reader], last_due: date, zone: ZoneInfo, now: datetime
) -> Iterator[Verdict]:
    """Look at a report's newest edition, and at the ledgers of its last mails."""
    yield edition(storage, recipe, last_due, zone)
    names = {reader_key(reader.address): reader.address for reader in readers}
    for period in last_periods(storage.list_folders(f"ledger/{recipe.name}/")):
        yield from mails(storage, Occasion(recipe.name, period), names, now)


def last_day_due(mail_at: time, zone: ZoneInfo, now: datetime) -> date:
    """Return the last day whose reports must be there by now."""
    last = last_whole_day(now, zone)
    is_early = datetime.combine(now.astimezone(zone).date(), mail_at, zone) + _BUILDING > now
    return last - timedelta(days=1) if is_early else last


def edition(storage: Storage, recipe: Recipe, last_due: date, zone: ZoneInfo) -> Verdict:
    """Return whether the report of the last day or month that was due is there."""
    name, expected = recipe.name, newest_over(recipe.spans, last_due, zone)
    which = "" if name == FIRST else f" --report {name}"
    build = f"`python -m report build{which}` makes it, or says why not"
    try:
        newest = latest(storage, name)
    except NotFound:
        return warning("edition", f"there is no {name} report yet", build)
    if newest.day < expected.day:
        return warning(
            "edition", f"the newest {name} report is of {newest.period}, not of {expected.id}", build
        )
    return ok("edition", f"the newest {name} report is of {newest.period}: {newest.headline}")


def last_periods(periods: Sequence[str]) -> list[str]:
    """Return the last day, week, month and hour that were mailed, as far as there are any."""
    kinds = ([name for name in periods if kind.fullmatch(name)] for kind in _KINDS)
    return [max(names) for names in kinds if names]


def mails(storage: Storage, occasion: Occasion, names: dict[str, str], now: datetime) -> Iterator[Verdict]:
    """Yield what became of an occasion's mails; `names` are the readers by the hash the ledger has."""
    found = look_up(storage, occasion).items()
    entries = {key: _as_of(now, entry.entry) for key, entry in found if isinstance(entry, Found)}
    yield _counts(occasion, list(entries.values()))
    if unreadable := len(found) - len(entries):
        says = f"{occasion}: {unreadable:,} entries of the ledger cannot be read, so their mail waits"
        yield warning("mail", says, "`python -m mailer ledger` names them")
    for state, advice in _ADVICE.items():
        bad = [(_reader(key, names), entry) for key, entry in entries.items() if entry.state is state]
        yield from (
            warning("mail", f"{occasion} to {who}: {state}: {entry.text[:_MOST_WORDS]}", advice)
            for who, entry in bad[:_MOST_NAMED]
        )
        if len(bad) > _MOST_NAMED:
            yield warning("mail", f"{occasion}: {len(bad) - _MOST_NAMED:,} more {state}", advice)


def alarms(storage: Storage, now: datetime) -> Iterator[Verdict]:
    """Yield what is raised, and what is muted."""
    known = states(storage)
    for alarm, state in known.items():
        quiet = ", muted" if state.is_muted(now) else ""
        for about, episode in state.raised.items():
            since = f"{episode.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            says = f"{alarm.words}{quiet}, {about}, since {since}"
            yield warning("alarm", says, "`python -m mailer alerts raised` says more")
    if not any(state.raised for state in known.values()):
        yield ok("alarm", "nothing is raised")


def _counts(occasion: Occasion, entries: Sequence[Entry]) -> Verdict:
    counts = Counter(entry.state for entry in entries)
    accepted = [entry.at for entry in entries if entry.state is State.ACCEPTED]
    said = ", ".join(f"{counts[state]:,} {state}" for state in State if counts[state])
    if not accepted:
        return warning("mail", f"{occasion}: nobody had it: {said or 'nothing tried'}", "see what follows")
    return ok("mail", f"{occasion}: {said}; the last at {max(accepted).astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _as_of(now: datetime, entry: Entry) -> Entry:
    """The entry as it is by now: a claim that nothing followed is of unknown fate."""
    state = entry.state_at(now, is_over)
    says = entry.text if state is entry.state else "claimed, and nothing was recorded since"
    return replace(entry, state=state, text=says)


def _reader(key: str, names: dict[str, str]) -> str:
    name = key.rpartition("/")[2].partition(".")[0]
    return names.get(name, f"a reader no longer known ({name[:8]})")
