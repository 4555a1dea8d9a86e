"""Writes the log of the pages, where each line names its request and tells no key."""

import logging
from collections.abc import Iterator

from app.private import without_keys
from app.request_ids import current_id
from report import log_lines

_QUOTING = ("says", "trace")


class OneLine(log_lines.OneLine):
    """Says in which request, too, and leaves out what would let its reader act for somebody else."""

    def pairs(self, record: logging.LogRecord) -> Iterator[tuple[str, str]]:
        """Yield what the line says, name by name."""
        for name, value in super().pairs(record):
            if name == "says" and (request := current_id()):
                yield "id", request
            yield name, without_keys(value) if name in _QUOTING else value
