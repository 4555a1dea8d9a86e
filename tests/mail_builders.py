"""Mails and editions for tests, with everything a test does not care about filled in."""

import struct
import zlib
from datetime import UTC, date, datetime
from typing import Any

from report.editions import Edition, File, announce, describe, edition_folder, freeze
from report.mail import Letter, Mail, as_letter, message
from report.storage import Storage

DAY = date(2026, 11, 20)
FIVE = datetime(2026, 11, 21, 5, tzinfo=UTC)
HTML = '<html><body><p>#budget rose</p><img src="cid:hours.png" width="1" alt="hours"></body></html>'
TEXT = "#budget rose from 14th to 1st.\n"


def a_mail(**changes: Any) -> Mail:
    """Return the mail of 20 November to the boss."""
    return Mail(
        **{
            "subject": "Twitter Trends",
            "sender": "Trends <trends@example.org>",
            "to": "boss@example.com",
            "text": TEXT,
            "html": HTML,
            "pictures": {"hours.png": a_picture()},
            "message_id": "<2026-11-20.trends.00ff@example.org>",
            "sent_at": FIVE,
            **changes,
        }
    )


def a_letter(**changes: Any) -> Letter:
    """Return the same mail as it travels."""
    return as_letter(message(a_mail(**changes)))


def a_picture(noise: bytes = b"") -> bytes:
    """Return a PNG of one white pixel, with bytes nobody shows to make it as large as wanted."""
    chunks = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"nOIs", noise)
    end = (b"IDAT", zlib.compress(b"\0\xff")), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in (*chunks, *end))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def collect_at_noon(storage: Storage, day: date) -> None:
    """Put a line of a day where tweets are collected: from that day on there are reports, of silence too."""
    storage.put(f"raw/dt={day}/hour=12/import.jsonl", b"{}\n")


def a_frozen_edition(
    storage: Storage,
    day: date = DAY,
    revision: int = 1,
    html: str = HTML,
    **changes: Any,
) -> Edition:
    """Freeze an edition that has what the mailer reads; return it. `changes` are fields of the edition."""
    files = {
        "mail.html": File(html.encode(), "text/html; charset=utf-8"),
        "mail.txt": File(f"{TEXT}Revision {revision}.\n".encode(), "text/plain; charset=utf-8"),
        "data.json": File(b"{}", "application/json"),
        "hours.png": File(a_picture(), "image/png"),
    }
    edition = Edition(
        report="trends",
        title="Twitter Trends",
        headline="#budget rose",
        day=day,
        zone="UTC",
        revision=revision,
        folder=edition_folder("trends", changes.get("period", day.isoformat()), revision),
        files=describe(files),
        **changes,
    )
    freeze(storage, edition, files)
    announce(storage, edition)
    return edition
