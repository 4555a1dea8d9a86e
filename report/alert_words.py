"""What is said of alarms: one mail to the owner, and one message without anybody's address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from zoneinfo import ZoneInfo

from report.addresses import mailbox
from report.alerts import Change, Notice

MOST_LINES = 20
_LONGEST_LINE = 400
_LONGEST_SUBJECT = 99
"""SNS: fewer than 100 signs, ASCII, no line breaks; a mail's subject is none the worse for it."""

_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
_TEST = "This is a test: it says only that you are told when something is wrong."
_ADVICE = """\
`python -m mailer doctor` says what is wrong and what to do. `python -m mailer alerts raised` lists what is so
now, and `python -m mailer alerts mute ALARM --hours 8` keeps one quiet.
"""


@dataclass(frozen=True)
class Heading:
    """What a message says of itself: the report's name, the host that tells, and when (aware)."""

    name: str
    host: str
    told_at: datetime
    zone: ZoneInfo


def alert_mail(notices: Sequence[Notice], heading: Heading, sender: str, owner: str) -> EmailMessage:
    """Return the mail that tells the owner; raise `MailError` for an address that is none."""
    text = alert_text(notices, heading)
    moment = f"{heading.told_at:%Y%m%dT%H%M%S}.alert.{sha256(text.encode()).hexdigest()[:16]}"
    letter = EmailMessage(policy=SMTP)
    letter["From"] = mailbox(sender)
    letter["To"] = mailbox(owner)
    letter["Subject"] = subject_of(notices, heading.name)
    letter["Date"] = heading.told_at
    letter["Message-ID"] = f"<{moment}@{mailbox(sender).domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    return letter


def subject_of(notices: Sequence[Notice], name: str) -> str:
    """Return what it is about, on a line short enough for SNS: "Twitter Trends: late; over: held".

    Without a notice it is a test.
    """
    parts = []
    for change in Change:
        alarms = dict.fromkeys(notice.alarm.words for notice in notices if notice.change is change)
        if alarms:
            parts.append(("" if change is Change.RAISED else f"{change}: ") + ", ".join(alarms))
    return _cut(f"{name}: {'; '.join(parts) or 'a test'}", _LONGEST_SUBJECT)


def alert_text(notices: Sequence[Notice], heading: Heading) -> str:
    """Return the whole message, with at most `MOST_LINES` lines of what is wrong."""
    blocks, left = [], MOST_LINES
    for change in Change:
        lines = [
            line for notice in notices if notice.change is change for line in _lines(notice, heading.zone)
        ]
        if lines and left:
            blocks.append("\n".join([f"{change.capitalize()}:", *lines[:left]]))
        left -= min(left, len(lines))
    total = sum(len(_lines(notice, heading.zone)) for notice in notices)
    more = [f"and {total - MOST_LINES:,} more"] if total > MOST_LINES else []
    when = heading.told_at.astimezone(heading.zone)
    told = f"Told by {heading.host} at {when:%Y-%m-%d %H:%M} {heading.zone.key}."
    return "\n\n".join([*(blocks or [_TEST]), *more, f"{_ADVICE}{told}\n"])


def line_of(notice: Notice, zone: ZoneInfo) -> str:
    """Return the notice on one line, for a log."""
    lines = " ".join(line.removeprefix("- ") for line in _lines(notice, zone))
    return _cut(f"{notice.change}: {lines}", 5 * _LONGEST_LINE)


def without_addresses(text: str) -> str:
    """Return the text for those who may not know who reads: subscribers of a topic, whoever they are."""
    return _ADDRESS.sub("(an address)", text)


def _lines(notice: Notice, zone: ZoneInfo) -> list[str]:
    what = f"- {notice.alarm.words}, {notice.about}"
    since = (
        "" if notice.change is Change.RAISED else f" (since {notice.since.astimezone(zone):%Y-%m-%d %H:%M})"
    )
    return [_cut(f"{what}{since}: {says}", _LONGEST_LINE) for says in notice.says] or [
        _cut(f"{what}{since}", _LONGEST_LINE)
    ]


def _cut(text: str, longest: int) -> str:
    """Others' words on one line, without control characters, and with an end."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
