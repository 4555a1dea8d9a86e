"""`python -m tests.mail_race`: processes race to mail one edition, and are killed at random points.

Each process is a host of its own, over one S3 or one folder, and sends by SMTP to a server that notes what it
took, and sometimes puts a reader off or hangs up after the message. A killed host is started again. In the
end the ledger is compared with what was delivered; what must hold is in `Verdict.breaches`.
"""

import asyncio
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.ledger import Found, Occasion, State, look_up
from mailer.pacing import clock_from
from mailer.planning import Fate, plan
from mailer.sending import Post, carry_out
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.adapters.smtp_sender import SmtpSender, connector
from report.mail import Letter, message_id
from report.runs import Run
from report.setting_rules import SmtpUrl
from report.storage import Storage
from tests.mail_builders import a_letter
from tests.s3_server import client_of, running_s3

OCCASION = Occasion("trends", "2026-11-20")
BUCKET = "race"
PUT_OFF, HANG_UP = 0.02, 0.005
"""How often the server says 450 to a reader, and hangs up on a message it has taken."""


@dataclass(frozen=True)
class Verdict:
    """What was counted after a race."""

    processes: int
    kills: int
    readers: int
    delivered: int
    accepted: int
    unknown: int
    unknown_delivered: int
    twice: int
    lost: int
    accepted_only_in_the_ledger: int
    unsettled: int
    seconds: float

    @property
    def breaches(self) -> dict[str, int]:
        """What must be nought: readers who got two, deliveries the ledger does not know, and the reverse."""
        return {
            name: number
            for name in ("twice", "lost", "accepted_only_in_the_ledger", "unsettled")
            if (number := int(getattr(self, name)))
        }


# ---- the server -------------------------------------------------------------------------------------


class _Sink:
    def __init__(self, notes: Path, seed: int) -> None:
        self._notes = notes.open("a", encoding="utf-8")
        self._chance = random.Random(seed)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._chance.random() < PUT_OFF:
            return "450 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._notes.write(f"{envelope.rcpt_tos[0]}\n")
        self._notes.flush()
        await asyncio.sleep(self._chance.uniform(0, 0.004))  # a kill finds it between taking and answering
        if self._chance.random() < HANG_UP and server.transport is not None:
            server.transport.close()
        return "250 taken"


async def _serve(notes: Path, seed: int) -> None:
    sink, loop = _Sink(notes, seed), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", 0)
    click.echo(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


def _serve_s3() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with running_s3() as url:
        client_of(url).create_bucket(Bucket=BUCKET)
        click.echo(url)
        sys.stdin.read()


@contextmanager
def _serving(*words: str) -> Iterator[str]:
    """Run a server in a process of its own; give the line it prints."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mail_race", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.stdin is not None
        process.stdin.close()


# ---- the hosts --------------------------------------------------------------------------------------


def _host(name: str, storage: Storage, readers: list[str], port: int) -> None:
    """Do what the mailer does every quarter of an hour, again and again, until nothing is left to do."""
    run = Run(name, os.getpid(), f"{name}-{os.getpid()}-{time.monotonic_ns()}")
    clock = clock_from(datetime.now(UTC))

    def is_over(other: Run) -> bool:
        return other.host == name and other.id != run.id  # a host knows its own dead

    while True:
        intents = plan(storage, OCCASION, readers, clock(), is_over)
        if not any(intent.fate in (None, Fate.UNDER_WAY) for intent in intents):
            return
        if all(intent.fate is not None for intent in intents):
            return  # what is under way elsewhere is for others, or for the audit
        sender = SmtpSender(connector(SmtpUrl(host="127.0.0.1", port=port), ""), per_connection=50)
        post = Post(storage, sender, run, clock, time.sleep)
        for _ in carry_out(intents, _letter, 1, post):
            pass


def _letter(reader: str) -> Letter:
    name = message_id(OCCASION.report, OCCASION.period, reader, "trends@example.org")
    return a_letter(to=reader, message_id=name)


def _start(name: str, storage: Callable[[], Storage], readers: list[str], port: int) -> int:
    """Fork a host; return its process id. Nothing here has threads yet, so forking is safe."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        _host(name, storage(), readers, port)
        status = 0
    finally:
        os._exit(status)


# ---- the race ---------------------------------------------------------------------------------------


def race(kind: str, processes: int, readers: int, kills: int, seed: int, pause: float) -> Verdict:
    """Race to the end and return what was counted; `pause` is the mean of seconds between two kills."""
    chance, began = random.Random(seed), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = int(stack.enter_context(_serving("sink", str(folder / "notes"), str(seed))))
        url = stack.enter_context(_serving("s3")) if kind == "s3" else ""

        def storage() -> Storage:
            return S3Storage(client_of(url), BUCKET) if url else DirectoryStorage(folder / "data")

        addresses = [f"reader{number:05}@example.com" for number in range(readers)]
        killed = _run_and_kill(
            lambda name: _start(name, storage, addresses, port), processes, kills, chance, pause
        )
        delivered = Counter((folder / "notes").read_text(encoding="utf-8").split())
        return _audit(storage(), addresses, delivered, processes, killed, time.monotonic() - began)


def _run_and_kill(
    start: Callable[[str], int], processes: int, kills: int, chance: random.Random, pause: float
) -> int:
    """Keep the hosts running until all have ended by themselves; return how many were killed."""
    names = [f"host{number}" for number in range(processes)]
    alive = {name: start(name) for name in names}
    killed = 0
    while alive:
        time.sleep(chance.expovariate(1 / pause))
        for name, process in list(alive.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                assert status == 0, f"{name} ended with {status}"
                del alive[name]
        if alive and killed < kills:
            name = chance.choice(sorted(alive))
            os.kill(alive[name], signal.SIGKILL)
            os.waitpid(alive[name], 0)
            alive[name] = start(name)
            killed += 1
    return killed


def _audit(
    storage: Storage, readers: list[str], delivered: Counter[str], processes: int, kills: int, seconds: float
) -> Verdict:
    """Compare the ledger, an hour later, with what the server took."""
    later = datetime.now(UTC) + timedelta(hours=1)
    found = look_up(storage, OCCASION)
    states: dict[str, State | None] = {}
    for reader in readers:
        entry = found.get(OCCASION.entry_key(reader))
        states[reader] = entry.entry.state_at(later, lambda run: False) if isinstance(entry, Found) else None
    known = {reader for reader, state in states.items() if state in (State.ACCEPTED, State.UNKNOWN)}
    accepted = {reader for reader, state in states.items() if state is State.ACCEPTED}
    return Verdict(
        processes=processes,
        kills=kills,
        readers=len(readers),
        delivered=sum(delivered.values()),
        accepted=len(accepted),
        unknown=len(known - accepted),
        unknown_delivered=len((known - accepted) & set(delivered)),
        twice=sum(number > 1 for number in delivered.values()),
        lost=len(set(delivered) - known),
        accepted_only_in_the_ledger=len(accepted - set(delivered)),
        unsettled=len(readers) - len(known),
        seconds=round(seconds, 1),
    )


# ---- by hand ----------------------------------------------------------------------------------------


@click.group()
def main() -> None:
    """Race, or serve a race."""


@main.command()
@click.argument("notes", type=click.Path(path_type=Path))
@click.argument("seed", type=int)
def sink(notes: Path, seed: int) -> None:
    """Take mail and note its readers."""
    asyncio.run(_serve(notes, seed))


@main.command()
def s3() -> None:
    """Serve an empty S3."""
    _serve_s3()


@main.command()
@click.option("--storage", "kind", type=click.Choice(["s3", "folder"]), default="folder", show_default=True)
@click.option("--processes", default=4, show_default=True)
@click.option("--readers", default=1000, show_default=True)
@click.option("--kills", default=50, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--pause", default=0.3, show_default=True, help="Mean of the seconds between two kills.")
def run(kind: str, processes: int, readers: int, kills: int, seed: int, pause: float) -> None:
    """Race, print what was counted as JSON, and exit with 1 where a promise was broken."""
    verdict = race(kind, processes, readers, kills, seed, pause)
    click.echo(json.dumps({"storage": kind, "seed": seed, **asdict(verdict)}))
    sys.exit(1 if verdict.breaches else 0)


if __name__ == "__main__":
    main()
