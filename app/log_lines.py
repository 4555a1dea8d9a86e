"""Writes the log: one line an event, as `name=value` pairs, whoever speaks and whatever somebody sent."""

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from app.private import without_keys
from app.request_ids import current_id

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
    """Says when, how grave, who speaks, in which request, and what; a trace stands in the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, without what would let its reader act for somebody else."""
        pairs = [("at", moment(record.created)), ("level", record.levelname.lower()), ("from", record.name)]
        if name := current_id():
            pairs.append(("id", name))
        pairs.append(("says", without_keys(record.getMessage())))
        if record.exc_info:
            pairs.append(("trace", without_keys(self.formatException(record.exc_info))))
        return line_of(pairs)
