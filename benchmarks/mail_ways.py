"""Ways to mail an edition to many readers, each run in a process of its own.

`python -m benchmarks.mail_ways WAY DATA READERS PORT FOLDER [AUTHORITY]` prints JSON: the seconds from
the first connection to the last answer, without imports, and the peak of memory. `DATA` is a storage folder
with an edition, `FOLDER` where the ledger is made; with `AUTHORITY` the port speaks TLS.
"""

import json
import smtplib
import ssl
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from mailer.letters import Heading, letter_writer
from mailer.pacing import clock_from
from mailer.sending import Fate, Occasion, Post, carry_out, plan
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.smtp_sender import SmtpSender, connector
from report.editions import Edition, latest
from report.mail import Letter
from report.runs import is_over, this_run
from report.setting_rules import SmtpUrl
from report.settings import Settings

USER, PASSWORD = "trends", "correct horse"
_SECRET = "a secret of the benchmark"  # noqa: S105 of no use to anybody
_SETTINGS = Settings(mail_from="Trends <trends@example.org>", secret_key=_SECRET)


class Delivery:
    """An edition, its readers, and the server that takes the mail."""

    def __init__(self, data: str, readers: int, port: int, folder: str, authority: str | None) -> None:
        self.folder = folder
        self.storage = DirectoryStorage(Path(data))
        self.edition: Edition = latest(self.storage, "trends")
        self.readers = [f"reader{number:05}@example.com" for number in range(readers)]
        self.trust = ssl.create_default_context(cafile=authority) if authority else None
        security, user = ("tls", USER) if authority else ("", "")
        self.url = SmtpUrl(host="127.0.0.1", port=port, user=user, security=security)

    def letter(self) -> Callable[[str], Letter]:
        heading = Heading(_SETTINGS.mail_from, "Twitter Trends", datetime.now(UTC))
        return letter_writer(self.storage, self.edition, heading, _SETTINGS)

    def connect(self) -> smtplib.SMTP:
        """Connect as a loop by hand does."""
        if self.trust is None:
            return smtplib.SMTP(self.url.host, self.url.port)
        connection = smtplib.SMTP_SSL(self.url.host, self.url.port, context=self.trust)
        connection.login(USER, PASSWORD)
        return connection


def ours(work: Delivery) -> float:
    """Plan, claim, send and record, as the mailer does it, with the ledger in a new folder."""
    with tempfile.TemporaryDirectory(dir=work.folder) as folder:
        began = time.perf_counter()
        ledger, now = DirectoryStorage(Path(folder)), datetime.now(UTC)
        sender = SmtpSender(connector(work.url, PASSWORD, work.trust), _SETTINGS.mail_per_connection)
        post = Post(ledger, sender, this_run(), clock_from(now), time.sleep)
        intents = plan(ledger, Occasion("trends", work.edition.period), work.readers, now, is_over)
        fates = [outcome.fate for outcome in carry_out(intents, work.letter(), 1, post)]
        seconds = time.perf_counter() - began
    if fates != [Fate.ACCEPTED] * len(work.readers):
        raise AssertionError(f"not all {len(work.readers)} mails were accepted")
    return seconds


def bare(work: Delivery) -> float:
    """smtplib's own `sendmail` of the same bytes over one connection, with nothing else around it."""
    letter = work.letter()
    letters = [letter(reader) for reader in work.readers]
    began = time.perf_counter()
    connection = work.connect()
    for one in letters:
        connection.sendmail(one.sender, [one.to], one.body)
    connection.quit()
    return time.perf_counter() - began


def reconnecting(work: Delivery) -> float:
    """The same with a connection a message."""
    letter = work.letter()
    letters = [letter(reader) for reader in work.readers]
    began = time.perf_counter()
    for one in letters:
        connection = work.connect()
        connection.sendmail(one.sender, [one.to], one.body)
        connection.quit()
    return time.perf_counter() - began


def building(work: Delivery) -> float:
    """Only make the letters, and let them go."""
    began = time.perf_counter()
    letter = work.letter()
    for reader in work.readers:
        letter(reader)
    return time.perf_counter() - began


WAYS = {"ours": ours, "bare": bare, "reconnecting": reconnecting, "building": building}


def _main(way: str, data: str, readers: str, port: str, folder: str, authority: str | None = None) -> None:
    seconds = WAYS[way](Delivery(data, int(readers), int(port), folder, authority))
    status = Path("/proc/self/status").read_text()  # what getrusage says began with what the parent held
    peak_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))  # noqa: T201 the process's answer


if __name__ == "__main__":
    _main(*sys.argv[1:])
