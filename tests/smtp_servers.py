"""SMTP servers on loopback: a genuine one with TLS and passwords, and one that misbehaves as told."""

import asyncio
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

AIOSMTPD_WARNINGS = [
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning:aiosmtpd"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]
"""It speaks of TLS of its own making only, and calls its own old functions."""

Script = dict[str, list[str | None]]

USER = "trends"
PASSWORD = "correct horse"


@dataclass
class Delivered:
    """What a server took, in order: (reader, message as it travelled); `words` are all commands it heard."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)
    users: set[str] = field(default_factory=set)
    encrypted: set[bool] = field(default_factory=set)
    connections: int = 0
    words: list[str] = field(default_factory=list)
    arriving: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def readers(self) -> list[str]:
        return [reader for reader, _ in self.mails]

    def message(self) -> EmailMessage:
        """Return the first message as a mail program reads it."""
        parsed = message_from_bytes(self.mails[0][1], policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class _Mailroom:
    """aiosmtpd's handler: keeps what comes, refuses the readers it is told to."""

    def __init__(self, refused: Mapping[str, str]) -> None:
        self.delivered = Delivered()
        self.refused = refused

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.delivered.mails += [(reader, envelope.content) for reader in envelope.rcpt_tos]
        assert server.transport is not None
        cipher = server.transport.get_extra_info("cipher")
        self.delivered.encrypted.add(cipher is not None)
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        if right:
            self.delivered.users.add(USER)
        return AuthResult(success=right, handled=False)


@contextmanager
def genuine_server(
    certificate: ssl.SSLContext | None = None,
    *,
    starttls: bool = False,
    with_password: bool = False,
    refused: Mapping[str, str] | None = None,
) -> Iterator[tuple[int, Delivered]]:
    """Run aiosmtpd; yield its port and what it takes. Without `starttls` a certificate means smtps."""
    room = _Mailroom(refused or {})
    options: dict[str, Any] = {"hostname": "localhost"}
    if with_password:
        options |= {
            "authenticator": room.authenticate,
            "auth_required": True,
            "auth_require_tls": starttls,
        }
    if starttls:
        options |= {"tls_context": certificate, "require_starttls": True}
    with _loop() as run:
        server = run(_listen(lambda: SMTP(room, **options), None if starttls else certificate))
        yield server.sockets[0].getsockname()[1], room.delivered
        run(_close(server))


async def _listen(protocol: Callable[[], SMTP], certificate: ssl.SSLContext | None) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(protocol, "127.0.0.1", 0, ssl=certificate)


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def _loop() -> Iterator[Callable[[Any], Any]]:
    """Run an event loop in a thread; yield what runs a coroutine there and returns its result."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(timeout=20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


DROP = None
"""The answer of a server that hangs up."""

SILENCE = "silence"
"""The answer of a server that says nothing until the client has gone."""

DRIP = "drip"
"""The answer of a server that says a byte at a time, and never all of it."""

ENDLESS = "endless"
"""The answer of a server that goes on and on, line by line."""

HELD = "held"
"""The polite answer, once the test lets the server go on."""

_TORTURES = {DRIP: (b"2", 0.02), ENDLESS: (b"250-more\r\n" * 100, 0.0)}
_POLITE = {"DATA": "354 go on", "QUIT": "221 bye", "greeting": "220 here"}


@contextmanager
def scripted_server(**script: list[str | None]) -> Iterator[tuple[int, Delivered]]:
    """Run a server that answers by script; yield its port and what it took.

    `MAIL=["421 bye"]` answers so the first time MAIL is said, and politely from then on; the words are
    those of SMTP, `greeting`, and `message` for a whole message. `DROP` and the others above are answers too.
    """
    delivered = Delivered()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            delivered.connections += 1
            if not self.answer("greeting"):
                return
            reader = ""
            while line := self.rfile.readline().decode().strip():
                word = line.partition(" ")[0].upper()
                delivered.words.append(word)
                reader = line.partition("<")[2].partition(">")[0] if word == "RCPT" else reader
                if not self.answer(word) or (word == "DATA" and self.going_on and not self.take(reader)):
                    return

        def take(self, reader: str) -> bool:
            body = b"".join(iter(self.rfile.readline, b".\r\n"))
            delivered.arriving.set()
            if self.answer("message"):
                if self.said.startswith("2"):
                    delivered.mails.append((reader, body))
                return True
            return False

        def torture(self, piece: bytes, pause_seconds: float) -> None:
            """Say the piece again and again until the client has had enough; a client that has not fails."""
            with contextlib.suppress(OSError):
                for _ in range(500):
                    if delivered.over.wait(pause_seconds):
                        break
                    self.wfile.write(piece)

        def answer(self, word: str) -> bool:
            told = script.get(word)
            reply = told.pop(0) if told else _POLITE.get(word, "250 OK")
            if reply == SILENCE:
                self.rfile.read()
            if reply in _TORTURES:
                self.torture(*_TORTURES[reply])
            if reply in (DROP, SILENCE, *_TORTURES):
                return False
            if reply == HELD:
                assert delivered.may_go_on.wait(timeout=60)
                reply = _POLITE.get(word, "250 OK")
            assert reply is not None
            self.said = reply
            self.going_on = reply.startswith("354")
            self.wfile.write(reply.encode() + b"\r\n")
            return not reply.startswith("421") and word != "QUIT"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], delivered
        finally:
            delivered.over.set()
            server.shutdown()
            thread.join()
