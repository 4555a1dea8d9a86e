"""The requests of the demo's city: a month's CSV files, as three offices would send them, and who is told.

2026_oct_demo_1.csv       what came by telephone
2026_oct_demo_2.csv.gz    what came from the city's app: packed, a row cut off, one without any value
2026_oct_demo_3.csv       what came from the districts: other headings, and Windows-1252
"""

import csv
import gzip
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from io import StringIO

from collector.demo.dice import Dice, running_sums

_SERVICES = {
    "Pothole": 140, "Illegal Dumping": 130, "Graffiti Removal": 110, "Trash Violations": 90,
    "Missed Collection": 80, "Abandoned Vehicle": 70, "Street Light Out": 60, "Sidewalk Repair": 50,
    "Tree Maintenance": 45, "Parking Violation": 40, "Traffic Sign": 30, "Storm Drain": 20,
    "Water Leak": 15, "Playground Repair": 12, "Café Terrace Permit": 8,
}  # fmt: skip
"""How often each is asked for; in some months one is asked for more."""
_RISING = ("Trash Violations", "Pothole", "Storm Drain", "Street Light Out", "Illegal Dumping")
_A_WORKDAY, _A_FREE_DAY = 150, 85
_FRIDAY = 4
_HEADINGS = ("service_request_id", "date_requested", "service_name", "status", "council_district")
_DISTRICTS_HEADINGS = ("Request ID", "Requested Datetime", "Service Name", "State", "District")
_DISTRICTS = 9

THRESHOLDS = """service_name,department,threshold
Trash Violations,Environmental Services,300
Illegal Dumping,Environmental Services,500
Pothole,Transportation,500
Street Light Out,Transportation,900
Graffiti Removal,Parks and Recreation,1200
Storm Drain,Water,60
""".encode("ascii")
CONTACTS = """Name,Email,Phone,Department
Ada Alder,ada.alder@example.com,,Environmental Services
Ben Birch,,+12025550142,Transportation
Cleo Cedar,cleo.cedar@example.com,+12025550117,Water
Dora Dogwood,dora.dogwood@example.com,,Parks and Recreation
""".encode("ascii")

Row = tuple[str, ...]


def month_files(seed: int, first: date, prefix: str) -> Mapping[str, Callable[[], bytes]]:
    """Return what makes each file of the month that begins on `first`, by names that begin with `prefix`."""
    return {
        f"{prefix}_demo_1.csv": partial(_by_telephone, seed, first),
        f"{prefix}_demo_2.csv.gz": partial(_by_app, seed, first),
        f"{prefix}_demo_3.csv": partial(_by_districts, seed, first),
    }


def _by_telephone(seed: int, first: date) -> bytes:
    return _csv(_HEADINGS, _requests(seed, first, 1, 0.5)).encode()


def _by_app(seed: int, first: date) -> bytes:
    rows = _requests(seed, first, 2, 0.35)
    rows[len(rows) // 3 : len(rows) // 3] = [rows[0][:2], ("",) * len(_HEADINGS)]
    return gzip.compress(_csv(_HEADINGS, rows).encode(), mtime=0)


def _by_districts(seed: int, first: date) -> bytes:
    return _csv(_DISTRICTS_HEADINGS, _requests(seed, first, 3, 0.15)).encode("cp1252")


def _requests(seed: int, first: date, office: int, share: float) -> list[Row]:
    """Return an office's requests, day by day; fewer at the weekend."""
    dice, sums = Dice(seed, "requests", office, first), _service_sums(seed, first)
    rows: list[Row] = []
    for day in range(1, monthrange(first.year, first.month)[1] + 1):
        on = first.replace(day=day)
        usual = (_A_WORKDAY if on.weekday() <= _FRIDAY else _A_FREE_DAY) * share
        seconds = sorted(dice.below(86_400) for _ in range(int(usual * (0.85 + 0.3 * dice.throw()))))
        rows += [_request(dice, f"{on}T{_clock(at)}", sums, at % 7) for at in seconds]
    return [(f"{first:%y%m}{office}{number:05}", *row) for number, row in enumerate(rows, start=1)]


def _request(dice: Dice, at: str, sums: Sequence[float], state: int) -> Row:
    service = tuple(_SERVICES)[dice.among(sums)]
    return at, service, "Closed" if state else "Open", str(1 + dice.below(_DISTRICTS))


def _service_sums(seed: int, first: date) -> tuple[float, ...]:
    months = first.year * 12 + first.month + seed
    rising = _RISING[months % len(_RISING)]
    return running_sums(
        usual * (0.92 + 0.16 * Dice(seed, name, first).throw()) * (1.7 if name == rising else 1)
        for name, usual in _SERVICES.items()
    )


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _csv(headings: Row, rows: Iterable[Row]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([headings, *rows])
    return text.getvalue()
