"""What a server lives through, from its first deployment to its end, step by step on one machine."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path

from tests.machines import Machine
from tests.system.debian import NAME

Step = tuple[str, Callable[[], None]]
USER = "twitter-trends"
_OF_SYSTEMD = "/run/systemd/"  # its own, kept by older ones until the machine ends
SETTINGS = "/etc/twitter-trends/settings.env"
STATE = "/var/lib/twitter-trends"
READER = f"boss@{NAME}"
_PATIENCE_SECONDS = 150
_MOST_EXPOSED = 2.0


class Course:
    """One machine's course; `root` is its file system as seen from here."""

    def __init__(self, machine: Machine, root: Path, has_systemd: bool) -> None:
        self._machine, self._root, self._has_systemd = machine, root, has_systemd

    def steps(self) -> Iterator[Step]:
        """Yield each step's words and what it does; they build on one another."""
        yield "a server without settings is told what to set", self._refused
        yield "deployed unattended, the pages answer at port 80", self._deployed
        if self._has_systemd:
            yield "the units are sound and give little away", self._verified
        yield "the pages build the first report by themselves", self._built
        yield "cron mails it each reader once, by Postfix, into a mailbox", self._mailed
        yield "status finds nothing wrong", self._well
        yield "an upgrade is noticed by no reader", self._upgraded
        yield "a failed upgrade is rolled back, and noticed by no reader", self._rolled_back
        yield "pages that are killed come back", self._revived
        yield "uninstalled, settings and data are left; purged, nothing", self._gone

    def _refused(self) -> None:
        done = self._machine.bootstrap("deploy")
        assert done.status == 2, done.said
        assert "STORAGE_URL" in done.said
        assert oct((self._root / SETTINGS[1:]).stat().st_mode)[-3:] == "600"

    def _deployed(self) -> None:
        self._machine.do("useradd", "--create-home", "boss")
        (self._root / "root/settings").write_text(_settings(), encoding="utf-8")
        done = self._machine.bootstrap("deploy", "--settings", "/root/settings")
        assert done.status == 0, done.said
        assert self._machine.ask("/healthz") == 200
        assert "gunicorn" in self._machine.do("pgrep", "-u", USER, "-af", "gunicorn")
        assert self._machine.run("pgrep", "-u", "root", "-f", "[m] gunicorn").said == ""

    def _verified(self) -> None:
        units = [f"/etc/systemd/system/{USER}.{kind}" for kind in ("service", "socket")]
        assert self._machine.do("systemd-analyze", "verify", *units) == ""
        said = self._machine.do("systemd-analyze", "security", f"{USER}.service", "--no-pager")
        exposed = re.search(r"exposure level for .*: ([\d.]+)", said)
        assert exposed, said
        assert float(exposed[1]) <= _MOST_EXPOSED, said

    def _built(self) -> None:
        """The build runs where the pages run, under the same restrictions."""
        self._as_user("-m", "collector", "demo", "--days", "3")
        _wait(lambda: self._machine.ask() == 200)

    def _mailed(self) -> None:
        """The shipped jobs, each minute instead of each quarter; the next round mails nobody twice."""
        jobs = self._machine.do("crontab", "-u", USER, "-l").replace("*/15", "*")
        (self._root / "root/jobs").write_text(jobs, encoding="utf-8")
        self._machine.do("crontab", "-u", USER, "/root/jobs")
        box = self._root / "var/mail/boss"
        _wait(lambda: box.exists() and box.stat().st_size > 0)
        beat = f"{STATE}/data/ledger/hosts"
        before = self._machine.run("sh", "-c", f"cat {beat}/*").said
        _wait(lambda: self._machine.run("sh", "-c", f"cat {beat}/*").said != before)
        letters = re.split(r"(?m)^From (?=\S+@\S+ )", box.read_text(encoding="utf-8"))[1:]
        assert [message_from_string(it.partition("\n")[2])["To"] for it in letters] == [READER]

    def _well(self) -> None:
        done = self._machine.bootstrap("status")
        assert done.status == 0, done.said
        assert "ok       mail " in done.said, done.said

    def _upgraded(self) -> None:
        before = self._release()
        self._change("app/__init__.py", "# the next release\n")
        with self._machine.polled() as outcomes:
            done = self._machine.bootstrap("upgrade")
        assert done.status == 0, done.said
        assert self._release() != before
        assert self._release() in self._machine.do("pgrep", "-u", USER, "-af", "gunicorn")
        assert outcomes.counts.keys() == {"200"}, outcomes.counts

    def _rolled_back(self) -> None:
        before = self._release()
        self._change("app/health.py", "raise RuntimeError('broken on purpose')\n")
        with self._machine.polled() as outcomes:
            done = self._machine.bootstrap("upgrade")
        assert done.status == 1, done.said
        assert "broken on purpose" in done.said
        assert self._release() == before
        assert outcomes.counts.keys() == {"200"}, outcomes.counts

    def _revived(self) -> None:
        self._machine.do("pkill", "-KILL", "-u", USER, "-f", "gunicorn")
        assert self._machine.answers()

    def _gone(self) -> None:
        kept = self._machine.bootstrap("uninstall")
        assert kept.status == 0, kept.said
        left = self._left()
        assert left == ["/etc/twitter-trends", STATE], left
        purged = self._machine.bootstrap("uninstall", "--purge")
        assert purged.status == 0, purged.said
        assert self._left() == []
        assert self._machine.run("id", USER).status != 0
        assert self._machine.ask() == 0

    def _left(self) -> list[str]:
        places = ["/opt", "/etc", "/var", "/run", "/usr", "/home"]
        found = self._machine.do("find", *places, "-name", f"{USER}*", "-prune").split()
        return sorted(path for path in found if not path.startswith(_OF_SYSTEMD))

    def _release(self) -> str:
        return self._machine.do("readlink", "/opt/twitter-trends/current").strip()

    def _change(self, file: str, text: str) -> None:
        path = self._root / self._machine.code[1:] / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def _as_user(self, *words: str) -> None:
        go = f'cd /opt/twitter-trends/current && exec runuser -u {USER} -- .venv/bin/python "$@"'
        self._machine.do("sh", "-c", go, "sh", *words)


def _settings() -> str:
    """A mail that is due, at noon or so by the clock of a zone where it is noon now: never near midnight."""
    now = datetime.now(UTC)
    east = 12 - now.hour  # POSIX counts zones the other way round
    due = now + timedelta(hours=east, minutes=-2)
    return f"""\
STORAGE_URL=file:{STATE}/data
TIMEZONE=Etc/GMT{-east:+d}
PUBLIC_URL=http://{NAME}
SMTP_URL=smtp://localhost:25
MAIL_FROM=trends@{NAME}
MAIL_TO={READER}
MAIL_OWNER={READER}
MAIL_AT={due:%H:%M}
MAIL_HOLD_BELOW=0
SECRET_KEY=0123456789abcdef
PORT=80
"""


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(1)
