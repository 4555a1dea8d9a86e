"""From which count on a department is told of a service: the file thresholds.csv of the source.

Its columns are service_name, department and threshold, a whole number; a service may have several
departments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from report.contacts import LONGEST_DEPARTMENT
from report.errors import BuildError
from report.periods import month_named
from report.sheets import Row, one_line, rows_of
from report.storage import Storage
from report.telling import Message

THRESHOLDS = "thresholds.csv"
_LONGEST_SERVICE = 60


@dataclass(frozen=True)
class Threshold:
    """From how many requests of a service in a month on its department is told."""

    service: str
    department: str
    requests: int


def thresholds_of(source: Storage) -> tuple[list[Threshold], list[str]]:
    """Return the thresholds by service and department, and what is wrong with the list, in sentences."""
    found, wrong = [], []
    try:
        for row in rows_of(source, THRESHOLDS, ("service_name", "department", "threshold")):
            one = _threshold(row)
            if isinstance(one, Threshold):
                found.append(one)
            else:
                wrong.append(f"{THRESHOLDS}, line {row.line}: {one}")
    except BuildError as error:
        wrong.append(str(error))
    return sorted(found, key=lambda one: (one.service.casefold(), one.department.casefold())), wrong


def reached(thresholds: list[Threshold], services: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the thresholds that were reached, as data.json has them, the most requested first."""
    counts: dict[str, int] = {}
    for name, requests in services.items():
        counts[_key(name)] = counts.get(_key(name), 0) + requests
    found = [(one, counts.get(_key(one.service), 0)) for one in thresholds]
    return [
        {
            "service": one.service,
            "department": one.department,
            "threshold": one.requests,
            "requests": requests,
        }
        for one, requests in sorted(found, key=lambda item: -item[1])
        if requests >= one.requests
    ]


def message_of(month_id: str, reached: Mapping[str, Any]) -> Message:
    """Return what the department is told of a threshold that was reached in the month of this id."""
    month = month_named(month_id)
    assert month, month_id
    service, requests = str(reached["service"]), int(reached["requests"])
    said = service if len(service) <= _LONGEST_SERVICE else f"{service[: _LONGEST_SERVICE - 1]}…"
    return Message(
        department=str(reached["department"]),
        about=f"{_key(service)} {requests}",
        subject=f"{said} count is now {requests:,}",
        text=f"{service}: {requests:,} requests in {month:%B} {month.year}. "
        f"The threshold is {reached['threshold']:,}.",
    )


def _threshold(row: Row) -> Threshold | str:
    service, department = (one_line(row.values[name]) for name in ("service_name", "department"))
    said = row.values["threshold"].replace(",", "")
    if not service or not department:
        return "a threshold needs both a service and a department"
    if len(department) > LONGEST_DEPARTMENT:
        return f"the name of its department has over {LONGEST_DEPARTMENT} signs"
    if not (said.isascii() and said.isdecimal() and len(said) < 12 and int(said)):
        return f"{row.values['threshold'][:40]!r} is no threshold: write a whole number, at least 1"
    return Threshold(service, department, int(said))


def _key(service: str) -> str:
    """Services are meant whatever their case."""
    return " ".join(service.casefold().split())
