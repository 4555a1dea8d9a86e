"""What each setting may say: its parser, and the words for what it expects."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from report.errors import MailError

_SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_NOBODY = "nobody"
_ATTACHMENTS = ("csv", "page")
_REPORT_NAME = re.compile(r"[a-z][a-z0-9-]*")
_FIRST_ADDRESS = re.compile(r"[^@;]*@*[^@;\s]*")
_FOLDER = re.compile(r"file:(?://(?=/))?(?P<path>.+)")


@dataclass(frozen=True)
class StorageUrl:
    """Where everything is kept: a folder, or a bucket and a prefix that is empty or ends in "/"."""

    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class SmtpUrl:
    """How mail leaves: into a folder as .eml files, or by a server; `security` is "", "starttls" or "tls"."""

    folder: Path | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    security: str = ""


@dataclass(frozen=True)
class DepartmentTopics:
    """Where departments are told: in a folder, or by SNS topics whose ARNs begin alike; or nowhere."""

    folder: Path | None = None
    begins: str = ""


class BadPart(ValueError):
    """One part of a list is wrong: that alone is shown, since the rest may be others' addresses."""


def _storage_url(text: str) -> StorageUrl:
    if folder := _FOLDER.fullmatch(text):
        return StorageUrl(folder=Path(folder["path"]))
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(text)
    prefix = parts.path.strip("/")
    return StorageUrl(bucket=parts.netloc, prefix=f"{prefix}/" if prefix else "")


def _report_places(text: str) -> tuple[tuple[str, StorageUrl], ...]:
    """A place for each report that is named; a name said twice is a slip."""
    said = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    places = {name.strip(): _storage_url(url.strip()) for name, _, url in said}
    if len(places) < len(said) or not all(_REPORT_NAME.fullmatch(name) for name in places):
        raise ValueError(text)
    return tuple(places.items())


def _s3_location(text: str) -> str:
    where = _storage_url(text)
    if where.folder is not None:
        raise ValueError(text)
    return f"s3://{where.bucket}/{where.prefix}"


def _smtp_url(text: str) -> SmtpUrl:
    if folder := _FOLDER.fullmatch(text):
        return SmtpUrl(folder=Path(folder["path"]))
    parts = urlsplit(text)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or parts.password or parts.path.strip("/"):
        raise ValueError(text)
    security = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}[parts.scheme]
    port = parts.port or _SMTP_PORTS[parts.scheme]
    return SmtpUrl(host=parts.hostname, port=port, user=unquote(parts.username or ""), security=security)


def _department_topics(text: str) -> DepartmentTopics:
    if folder := _FOLDER.fullmatch(text):
        return DepartmentTopics(folder=Path(folder["path"]))
    return DepartmentTopics(
        begins=_matching(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,100}")(text)
    )


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(text)
    return text.rstrip("/")


def _address(text: str) -> str:
    from report.addresses import mailbox  # only where an address is set: collecting needs none

    try:
        mailbox(text)
    except MailError as error:
        raise ValueError(text) from error
    return text


def _readers(text: str) -> tuple[str, ...]:
    """The addresses; none at all must be said, so that a slip is no silence."""
    return () if text == _NOBODY else _addresses(text)


def _addresses(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError(text)
    return tuple(dict.fromkeys(map(_one_of_many, parts)))


def _one_of_many(part: str) -> str:
    try:
        return _address(part)
    except ValueError as error:
        first = _FIRST_ADDRESS.match(part)  # where commas lack, a part is many
        raise BadPart(part if first is None or first[0] == part else f"{first[0]} …") from error


def _attachments(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not set(names) <= set(_ATTACHMENTS):
        raise ValueError(text)
    return names


def _flag(text: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]


def _clock(text: str) -> time:
    if not re.fullmatch(r"\d{1,2}:\d{2}", text):
        raise ValueError(text)
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(text) from error


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError(text)
    return text


def _secret_key(text: str) -> str:
    if len(text) < 16:
        raise ValueError("too short")
    return text


def _page_password(text: str) -> str:
    if len(text) < 12 or not text.isprintable():
        raise ValueError("too short, or more than a line")
    return text


def _private_key(text: str) -> str:
    if not re.match(r"-----BEGIN (RSA )?PRIVATE KEY-----", text):
        raise ValueError("no key")
    return text


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def _between(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not least <= float(text) <= most:
            raise ValueError(text)
        return float(text)

    return parse


RULES: dict[str, tuple[Callable[[str], Any], str]] = {
    "storage_url": (_storage_url, "file:./folder or s3://bucket/prefix"),
    "storage_anonymous": (_flag, "true or false"),
    "timezone": (_zone, "a zone such as UTC or Europe/Paris"),
    "report_sources": (_report_places, "NAME=s3://bucket/prefix or NAME=file:./folder, with commas between"),
    "report_results": (_report_places, "NAME=s3://bucket/prefix or NAME=file:./folder, with commas between"),
    "count_retweets": (_flag, "true or false"),
    "trend_half_life_days": (_between(0.5, 365.0), "days, 0.5 to 365"),
    "trend_floor": (_between(0.1, 1e6), "tweets a day, at least 0.1"),
    "trend_least_tweets": (_whole(1, 1_000_000), "tweets, at least 1"),
    "trend_least_authors": (_whole(1, 1_000_000), "authors, at least 1"),
    "feed_url": (_http_url, "http://… or https://…"),
    "topics_url": (_http_url, "http://… or https://…"),
    "mail_at": (_clock, "a time such as 05:00"),
    "mail_from": (_address, "one address"),
    "mail_to": (_readers, f"addresses, separated by commas, or {_NOBODY}"),
    "mail_subject": (_one_line, "one line of text"),
    "mail_owner": (_address, "one address"),
    "mail_late_hours": (_whole(1, 12), "hours, 1 to 12"),
    "mail_warn_below": (_whole(0, 100), "percent of the minutes, 0 to 100"),
    "mail_hold_below": (_whole(0, 100), "percent of the minutes, 0 to 100"),
    "mail_corrections": (_flag, "true or false"),
    "mail_attach": (_attachments, "csv, page, or both with a comma between"),
    "mail_per_connection": (_whole(1, 100_000), "mails, at least 1"),
    "mail_per_second": (_between(0.0, 10_000.0), "mails a second; 0 for as fast as the server takes them"),
    "smtp_url": (
        _smtp_url,
        "file:./folder, smtp://host:25, smtp+starttls://user@host:587 or smtps://user@host:465; "
        "the password apart, in SMTP_PASSWORD or SMTP_PASSWORD_FILE",
    ),
    "dkim_selector": (
        _matching(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?"),
        "a selector such as trends",
    ),
    "dkim_key": (_private_key, "a private key in PEM, or its file in DKIM_KEY_FILE"),
    "alert_topic": (
        _matching(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}"),
        "the ARN of an SNS topic",
    ),
    "alert_repeat_hours": (_whole(1, 8760), "hours, at least 1"),
    "alert_quiet_minutes": (_whole(0, 525_600), "minutes; 0 for never"),
    "department_topics": (
        _department_topics,
        "file:./folder, or what the ARNs of SNS topics begin with: arn:aws:sns:eu-west-1:123456789012:city",
    ),
    "ping_url": (_http_url, "http://… or https://…"),
    "metrics_namespace": (_matching(r"[A-Za-z0-9._/#-]{1,255}"), "a namespace such as TwitterTrends"),
    "smtp_password": (str, "the password of the user in SMTP_URL"),
    "public_url": (_http_url, "http://… or https://…, as readers reach the server"),
    "site_url": (_storage_url, "file:./folder or s3://bucket/prefix"),
    "site_access": (_matching("private|policy|acl"), "private, policy or acl"),
    "site_address": (_http_url, "http://… or https://…, as readers reach the website"),
    "secret_key": (_secret_key, "at least 16 characters"),
    "page_password": (_page_password, "at least 12 characters, on one line"),
    "port": (_whole(1, 65535), "a port from 1 to 65535"),
    "trusted_proxies": (_whole(0, 5), "how many, 0 to 5"),
    "memory_limit_mb": (_whole(256, 1_048_576), "megabytes, at least 256"),  # DuckDB cannot read JSON in 160
    "engine": (_matching("duckdb|athena"), "duckdb or athena"),
    "athena_workgroup": (_matching("[a-zA-Z0-9._-]{1,128}"), "a workgroup's name"),
    "athena_database": (_matching("[a-z0-9_]{1,255}"), "a database's name: a-z, 0-9 and _"),
    "athena_output": (_s3_location, "s3://bucket/prefix"),
    "athena_limit_gb": (_whole(1, 1_000_000), "gigabytes, at least 1"),
    "cache_dir": (Path, "a folder"),
    "cache_mb": (_whole(0, 1_048_576), "megabytes; 0 keeps no cache"),
}
"""By field: what reads the text, raising `ValueError` or `LookupError`, and what it expects."""
