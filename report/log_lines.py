"""Writes lines for a log: one an event, as `name=value` pairs, whoever speaks and whatever somebody sent."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

_PLAIN = re.compile(r"[!#-\[\]-~]+")


def line_of(pairs: Iterable[tuple[str, object]]) -> str:
    """Return the pairs as one line of ASCII; a value with anything else in it is quoted as JSON has it."""
    return " ".join(f"{name}={shown(str(value))}" for name, value in pairs)


def moment(seconds: float) -> str:
    """Return a Unix time as the log writes it, UTC to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(value: str) -> str:
    """Return a value as it stands in a line."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value)


class OneLine(logging.Formatter):
    """Says when, how grave, who speaks, and what; a trace stands in the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return line_of(self.pairs(record))

    def pairs(self, record: logging.LogRecord) -> Iterator[tuple[str, str]]:
        """Yield what the line says, name by name."""
        yield "at", moment(record.created)
        yield "level", record.levelname.lower()
        yield "from", record.name
        yield "says", record.getMessage()
        if record.exc_info:
            yield "trace", self.formatException(record.exc_info)
