"""What is known of each alarm, kept in storage so that of several hosts one tells.

alerts/<alarm>.json    {"muted_until": …, "raised": {<about>: an episode}}, UTC; changed by compare-and-swap
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from report.alerts import (
    Alarm,
    Checked,
    Episode,
    Finding,
    Notice,
    State,
    by_alarm,
    decide,
    looked_for,
    not_told,
    told,
)
from report.storage import Storage
from report.stored_json import change

_PLACE = "alerts/"
_MOMENTS = ("told_at", "telling_since", "calm_since")


def settle(
    storage: Storage,
    findings: Iterable[Finding],
    checked: Checked,
    now: datetime,
    repeat_after: timedelta,
) -> list[Notice]:
    """Return what is to be told now, which this run has taken upon itself: `confirm` it, or `hand_back`.

    `checked` is what this run looked for: what is not found of that is on its way to be over.
    `now` is aware. Raise `StorageError`.
    """
    found = by_alarm(findings)
    known = {info.key for info in storage.list(_PLACE)}
    notices: list[Notice] = []
    alarms = {it[0] if isinstance(it, tuple) else it for it in checked}
    for alarm in Alarm:
        if alarm in found or (alarm in alarms and _key(alarm) in known):
            said, is_checked = found.get(alarm, {}), looked_for(alarm, checked)
            notices += _change(storage, alarm, partial(decide, alarm, said, is_checked, now, repeat_after))
    return notices


def confirm(storage: Storage, notices: Collection[Notice], now: datetime) -> None:
    """Remember that these were told at `now`; raise `StorageError`."""
    _end_telling(storage, notices, lambda episode, notice: told(episode, notice, now))


def hand_back(storage: Storage, notices: Collection[Notice]) -> None:
    """Leave it to the next run to tell these; raise `StorageError`."""
    _end_telling(storage, notices, lambda episode, _: not_told(episode))


def mute(storage: Storage, alarm: Alarm, until: datetime | None) -> None:
    """Keep an alarm quiet until then (aware), or let it speak again; raise `StorageError`.

    What is raised meanwhile, or over, is told afterwards if it is so still.
    """
    _change(storage, alarm, lambda state: (replace(state, muted_until=until), []))


def states(storage: Storage) -> dict[Alarm, State]:
    """Return what is known of each alarm that was ever raised or muted; raise `StorageError`."""
    named = {_key(alarm): alarm for alarm in Alarm}
    known = [info.key for info in storage.list(_PLACE) if info.key in named]
    return {named[key]: _state(body) for key, body in storage.get_many(known)}


def _end_telling(
    storage: Storage, notices: Iterable[Notice], ended: Callable[[Episode, Notice], Episode | None]
) -> None:
    """Give each notice's episode its end of the telling; None removes it."""
    for alarm in Alarm:
        ours = {notice.about: notice for notice in notices if notice.alarm is alarm}
        if ours:
            _change(storage, alarm, partial(_ended, ours, ended))


def _ended(
    notices: Mapping[str, Notice], ended: Callable[[Episode, Notice], Episode | None], state: State
) -> tuple[State, list[Notice]]:
    raised = dict(state.raised)
    for about in notices.keys() & raised.keys():
        episode = ended(raised.pop(about), notices[about])
        if episode:
            raised[about] = episode
    return replace(state, raised=raised), []


def _change(
    storage: Storage, alarm: Alarm, decision: Callable[[State], tuple[State, list[Notice]]]
) -> list[Notice]:
    """Decide anew from what stands until nobody was quicker; write only what differs."""
    decided: list[Notice] = []

    def changed(body: bytes | None) -> bytes | None:
        state = _state(body)
        following, decided[:] = decision(state)
        return None if following == state else _body(following)

    change(storage, _key(alarm), changed)
    return decided


def _state(body: bytes | None) -> State:
    """The alarm's state; one that cannot be read is as good as none, and written anew."""
    try:
        values = json.loads(body or b"")
        raised = {about: _episode(episode) for about, episode in values["raised"].items()}
        return State(_moment(values["muted_until"]), raised)
    except (ValueError, LookupError, TypeError, AttributeError):
        return State()


def _body(state: State) -> bytes:
    return json.dumps(asdict(state), default=datetime.isoformat, ensure_ascii=False, indent=1).encode()


def _episode(values: dict[str, Any]) -> Episode:
    since = datetime.fromisoformat(values["since"]).astimezone(UTC)
    told_at, telling_since, calm_since = (_moment(values[name]) for name in _MOMENTS)
    says = tuple(map(str, values["says"]))
    return Episode(since, int(values["count"]), told_at, telling_since, calm_since, says)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _key(alarm: Alarm) -> str:
    return f"{_PLACE}{alarm.value}.json"
