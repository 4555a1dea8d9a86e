"""Whether something starts the mailer: cron here, or another host; and by which clock it mails."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from mailer.doctor.verdicts import Verdict, ok, serious, skipped, warning
from mailer.heartbeats import FOLDER
from report.cron import Cron
from report.storage import Storage

_ALIVE = timedelta(minutes=31)
"""Two runs of crontab's quarter of an hour, and a minute for a slow one."""
_LATELY = timedelta(days=1)
_JOB = re.compile(r"\bmailer\b.*\bsend\b")


def check_clockwork(
    storage: Storage, cron: Cron, folder: Path, now: datetime, *, mail_leaves: bool
) -> Iterator[Verdict]:
    """Look at cron and at which hosts ran the mailer lately; `folder` is the project's."""
    seen = hosts(storage)
    yield runs(seen, now, mail_leaves=mail_leaves)
    is_alive = any(now - at < _ALIVE for at in seen.values())
    yield crontab(cron, folder, is_needed=mail_leaves and not is_alive)


def hosts(storage: Storage) -> Mapping[str, datetime]:
    """Return when each host last ran the mailer, by storage's clock."""
    found = storage.list(FOLDER)
    return {unquote(info.key.removeprefix(FOLDER).removesuffix(".json")): info.modified_at for info in found}


def runs(seen: Mapping[str, datetime], now: datetime, *, mail_leaves: bool) -> Verdict:
    """Return whether the mailer runs, and on how many hosts."""
    lately = sorted(host for host, at in seen.items() if now - at < _LATELY)
    if not seen:
        return skipped("runs", "no run by cron was seen yet")
    last = max(seen.values())
    if now - last >= _ALIVE:
        minutes = int((now - last).total_seconds() // 60)
        advice = "see cron below, and `journalctl -t twitter-trends`"
        return serious(mail_leaves, "runs", f"the mailer last ran {minutes:,} minutes ago", advice)
    if len(lately) > 1:
        return ok("runs", f"{len(lately)} hosts run the mailer, one mail each reader: {', '.join(lately)}")
    return ok("runs", f"the mailer ran at {last:%H:%M} UTC, on {lately[0]}")


def crontab(cron: Cron, folder: Path, *, is_needed: bool) -> Verdict:
    """Return whether this host's cron starts the mailer of this folder; `is_needed` if nobody else does."""
    if not any(_JOB.search(line) for line in cron.lines):
        advice = "set APP in the file `crontab`, then type `crontab crontab`"
        return serious(is_needed, "cron", "no crontab of this host starts the mailer", advice)
    if not cron.is_running:
        advice = "`systemctl enable --now cron` (Debian) or `crond` (Amazon Linux)"
        return serious(is_needed, "cron", "the crontab is installed, and cron does not run", advice)
    apps = [line.partition("=")[2].strip("\"' ") for line in cron.lines if line.startswith("APP=")]
    if apps and folder.resolve() not in [Path(app).resolve() for app in apps]:  # a link to a release will do
        advice = "set APP in the file `crontab`, then type `crontab crontab`"
        return warning("cron", f"the crontab starts what lies in {apps[0]}, not in {folder}", advice)
    return ok("cron", "runs, and starts the mailer")


def zone(timezone: ZoneInfo, mail_at: time, now: datetime) -> Verdict:
    """Return the clock the mail goes by."""
    here = now.astimezone(timezone)
    return ok("zone", f"it is {here:%A, %H:%M} in {timezone.key}; the mail goes at {mail_at:%H:%M} there")
