"""Text for a terminal, where the names that others gave may steer nothing."""

from datetime import datetime
from zoneinfo import ZoneInfo

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def printable(text: str) -> str:
    """Return a text with whatever steers a terminal, or cannot be seen, written as an escape."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def printable_lines(text: str) -> str:
    """Return the same of a text of several lines."""
    return "\n".join(printable(line) for line in text.split("\n"))


def human_size(size: int) -> str:
    """Return a number of bytes as "512 B", "1.2 MiB"."""
    if size < 1024:
        return f"{size} B"
    amount, unit = size / 1024, _UNITS[0]
    for unit in _UNITS:
        if round(amount, 1) < 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    return f"{amount:,.1f} {unit}"


def both_sizes(size: int) -> str:
    """Return "1.2 MiB (1,258,291 bytes)"."""
    return f"{human_size(size)} ({size:,} {'byte' if size == 1 else 'bytes'})"


def shown_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return an aware time by the zone's clock, "2026-11-20 05:00:00 +0100": unmistakable at a change too."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
