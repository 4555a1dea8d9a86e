"""Tells which files of a report's source were made up, so that a report made from one says that it is a demo.

demo.json    {"files": {"cancer.csv": "<sha256>"}}    lies in the source, beside what it names

By the hash somebody's own file is told from one that was made up under the same name.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from report.storage import Storage
from report.stored_json import JSON, json_bytes
from report.telling import LONGEST_SUBJECT, Message
from report.values import Report

MARK = "demo.json"
_SIGN, _FLAG = "Demo: ", "demo"
_NOTICE = "This is a demo: python -m collector demo made up what stands here."


def made_up(source: Storage) -> dict[str, str]:
    """Return the hashes by key of what was made up for a source; raise `StorageError`.

    There are none where nothing was, or where what says so cannot be read.
    """
    if not any(info.key == MARK for info in source.list(MARK)):
        return {}
    try:
        return {str(key): str(digest) for key, digest in json.loads(source.get(MARK))["files"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def note_made_up(source: Storage, files: Mapping[str, str]) -> None:
    """Write down the hashes by key of what is made up for a source; raise `StorageError`."""
    source.put(MARK, json_bytes({"files": dict(files)}), JSON)


def is_made_up(data: Mapping[str, Any]) -> bool:
    """Whether a report's data says that it is a demo."""
    return data.get(_FLAG) is True


def labelled(report: Report, source: Storage, lines: Iterable[str]) -> Report:
    """Return the report, saying that it is a demo where a file it is made from was made up.

    `lines` are those of the recipe's `prepare`: a key, a space, an etag. Its data says "demo": true. Raise
    `StorageError`.
    """
    files = made_up(source)
    read = {key for line in lines if (key := line.rpartition(" ")[0]) in files}
    if not any(sha256(body).hexdigest() == files[key] for key, body in source.get_many(sorted(read))):
        return report
    notice = f"{_NOTICE} {report.notice}".rstrip()
    data = {**report.data, _FLAG: True}
    return replace(report, headline=f"{_SIGN}{report.headline}", notice=notice, data=data)


def labelled_message(message: Message, data: Mapping[str, Any]) -> Message:
    """Return what a department is told, saying that it is a demo where the edition with this data is one."""
    if not data.get(_FLAG):
        return message
    subject = f"{_SIGN}{message.subject}"[:LONGEST_SUBJECT]
    return replace(message, subject=subject, text=f"{_NOTICE}\n\n{message.text}")
