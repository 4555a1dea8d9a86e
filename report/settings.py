"""What can be set, checked once, with every problem reported together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from report.errors import SettingsError
from report.report_places import contradictions
from report.setting_rules import RULES, BadPart, DepartmentTopics, SmtpUrl, StorageUrl

_Value = TypeVar("_Value")
_TWEETS = StorageUrl(folder=Path("data"))
_OUTBOX = SmtpUrl(folder=Path("outbox"))
_WEBSITE = StorageUrl(folder=Path("site"))
_NOWHERE = DepartmentTopics()


@dataclass(frozen=True)
class Settings:
    """Every setting, with the defaults of a laptop; the names in upper case are the variables."""

    storage_url: StorageUrl = _TWEETS
    storage_anonymous: bool = False
    timezone: ZoneInfo = ZoneInfo("UTC")
    report_sources: tuple[tuple[str, StorageUrl], ...] = ()
    report_results: tuple[tuple[str, StorageUrl], ...] = ()
    count_retweets: bool = True
    trend_half_life_days: float = 7.0
    trend_floor: float = 2.0
    trend_least_tweets: int = 5
    trend_least_authors: int = 3
    feed_url: str = "http://localhost:5002/tweet"
    topics_url: str = ""
    mail_at: time = time(5)
    mail_from: str = "trends@localhost"
    mail_to: tuple[str, ...] = ("boss@localhost",)
    mail_subject: str = "Twitter Trends"
    mail_owner: str = ""
    mail_late_hours: int = 4
    mail_warn_below: int = 90
    mail_hold_below: int = 50
    mail_corrections: bool = False
    mail_attach: tuple[str, ...] = ()
    mail_per_connection: int = 100
    mail_per_second: float = 0.0
    smtp_url: SmtpUrl = _OUTBOX
    smtp_password: str = field(default="", repr=False)
    dkim_selector: str = ""
    dkim_key: str = field(default="", repr=False)
    alert_topic: str = ""
    alert_repeat_hours: int = 24
    alert_quiet_minutes: int = 30
    department_topics: DepartmentTopics = _NOWHERE
    ping_url: str = field(default="", repr=False)
    metrics_namespace: str = ""
    public_url: str = "http://localhost:8000"
    site_url: StorageUrl = _WEBSITE
    site_access: str = "private"
    site_address: str = ""
    secret_key: str = field(default="", repr=False)
    page_password: str = field(default="", repr=False)
    port: int = 8000
    trusted_proxies: int = 0
    memory_limit_mb: int = 512
    engine: str = "duckdb"
    athena_workgroup: str = "primary"
    athena_database: str = "twitter_trends"
    athena_output: str = ""
    athena_limit_gb: int = 10
    cache_dir: Path = Path(".cache/objects")
    cache_mb: int = 1024

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in `environ`; raise `SettingsError` listing all that is wrong."""
        reader = _Reader(environ)
        values: dict[str, Any] = {
            item.name: reader.read(item.name, item.default, *RULES[item.name]) for item in fields(cls)
        }
        settings = cls(**values)
        problems = reader.problems or [
            *_contradictions(settings, environ),
            *_engine_problems(settings),
            *_signing_problems(settings),
            *contradictions(
                settings.storage_url, dict(settings.report_sources), dict(settings.report_results)
            ),
        ]
        if problems:
            raise SettingsError("wrong settings:\n" + "\n".join(f"  {problem}" for problem in problems))
        return settings


SECRETS = ("dkim_key", "page_password", "ping_url", "secret_key", "smtp_password")


def variables() -> list[str]:
    """Return the name of every variable that is a setting."""
    return [
        *(item.name.upper() for item in fields(Settings)),
        *(f"{name.upper()}_FILE" for name in SECRETS),
    ]


class _Reader:
    """Reads variables one by one and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def read(self, name: str, default: _Value, parse: Callable[[str], _Value], expected: str) -> _Value:
        variable = name.upper()
        text = self._secret(variable) if name in SECRETS else self.environ.get(variable, "")
        if not text.strip():
            return default
        try:
            return parse(text.strip())
        except BadPart as error:
            self.problems.append(f"{variable} has {str(error)!r}; expected {expected}")
            return default
        except (ValueError, LookupError):
            shown = "(hidden)" if name in SECRETS else repr(_without_secrets(text, variable))
            self.problems.append(f"{variable} is {shown}; expected {expected}")
            return default

    def _secret(self, variable: str) -> str:
        path = self.environ.get(f"{variable}_FILE", "")
        if not path:
            return self.environ.get(variable, "")
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{variable}_FILE is {path!r}; expected a file that can be read ({error})")
            return ""


def _contradictions(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What is wrong only together: mail that really leaves needs a sender and readers of its own."""
    if settings.smtp_url.folder is not None:
        return []
    url = environ["SMTP_URL"]
    missing = [name for name in ("MAIL_FROM", "MAIL_TO") if not environ.get(name, "").strip()]
    problems = [f"{name} is not set; expected an address, since SMTP_URL is {url!r}" for name in missing]
    if settings.smtp_url.user and not settings.smtp_password:
        problems.append(f"SMTP_PASSWORD or SMTP_PASSWORD_FILE is not set; SMTP_URL names the user {url!r}")
    return problems


def _engine_problems(settings: Settings) -> list[str]:
    """Athena reads S3, so everything must be kept there."""
    if settings.engine == "athena" and settings.storage_url.folder is not None:
        return ["STORAGE_URL is a folder; expected s3://bucket/prefix, since ENGINE is 'athena'"]
    return []


def _signing_problems(settings: Settings) -> list[str]:
    """A signature needs both the key and the name below which DNS has its other half."""
    if settings.dkim_key and not settings.dkim_selector:
        return ["DKIM_SELECTOR is not set; expected the name of the key in DNS, since DKIM_KEY is set"]
    if settings.dkim_selector and not settings.dkim_key:
        return ["DKIM_KEY or DKIM_KEY_FILE is not set; expected the private key, since DKIM_SELECTOR is set"]
    return []


def _without_secrets(text: str, variable: str) -> str:
    """Hide what may be a password, in a well-made URL and in a mistyped one, and what follows a "?"."""
    if variable.endswith("_URL") and variable != "STORAGE_URL":
        text = re.sub(r"\?.*", "?(hidden)", text, flags=re.DOTALL)
    shown = re.sub(r"(://[^:]*):.*@", r"\1:(hidden)@", text, flags=re.DOTALL)
    if shown == text and variable.endswith("_URL"):
        shown = re.sub(r".*@", "(hidden)@", text, flags=re.DOTALL)
    return shown
