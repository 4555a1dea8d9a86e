"""Connections to a mail server: greeted, encrypted and logged in, with a limit on every wait."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from report.errors import MailServerError
from report.setting_rules import SmtpUrl

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_LONGEST_REPLY_SHOWN = 300
_LONGEST_REPLY_BYTES = 65_536


class Connection(smtplib.SMTP):
    """Waits for a whole reply as long as for one byte of it, so that a server that drips gains no time.

    Nothing waits to be sent with more: the end of an encrypted message would, until the server acknowledges
    what came before, which it may put off for 40 ms.
    """

    file: "_Lines | None"

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply; raise `SMTPServerDisconnected` if it is not here in time."""
        assert self.sock is not None
        if self.file is None:
            self.file = _Lines(self.sock)
        self.file.allow(self.timeout)
        return super().getreply()

    def hand_over(self, body: bytes, seconds: float) -> tuple[int, bytes]:
        """Send a whole message and return what the server says; each of both may take so many seconds."""
        assert self.sock is not None
        rest, until = memoryview(_dotted(body)), time.monotonic() + seconds
        while rest:
            self.sock.settimeout(_left(until))
            rest = rest[self.sock.send(rest) :]
        usual, self.timeout = self.timeout, seconds
        try:
            return self.getreply()
        finally:
            self.timeout = usual

    def send(self, s: "ReadableBuffer | str") -> None:
        """Send a command; a reply may have left its own, shorter limit."""
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        super().send(s)

    def connect(self, *where: Any, **more: Any) -> tuple[int, bytes]:
        """Connect, and return the greeting."""
        greeting = super().connect(*where, **more)
        assert self.sock is not None
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return greeting


class _TlsConnection(Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Lines:
    """What smtplib reads replies from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._ahead = bytearray()
        self._until = 0.0
        self._allowed_bytes = 0

    def allow(self, seconds: float) -> None:
        """Give one reply so much time, and so much room."""
        self._until = time.monotonic() + seconds
        self._allowed_bytes = _LONGEST_REPLY_BYTES

    def readline(self, limit: int) -> bytes:
        """Return a line, or what there is of it at the end or at `limit` bytes."""
        while b"\n" not in self._ahead and len(self._ahead) < limit:
            self._sock.settimeout(_left(self._until))
            got = self._sock.recv(4096)
            if not got:
                break
            self._ahead += got
        end = self._ahead.find(b"\n") + 1 or min(limit, len(self._ahead))
        line = bytes(self._ahead[:end])
        del self._ahead[:end]
        self._allowed_bytes -= len(line)
        if self._allowed_bytes < 0:
            raise OSError("its reply has no end")
        return line

    def close(self) -> None:
        """Read no more; the socket is closed by who opened it."""


def _left(until: float) -> float:
    """Seconds left; raise `TimeoutError` when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _dotted(body: bytes) -> bytes:
    """A message with its end; lines that begin with a dot get another (RFC 5321, section 4.5.2)."""
    first = b"." if body.startswith(b".") else b""
    end = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
    return first + body.replace(b"\r\n.", b"\r\n..") + end


def connector(
    url: SmtpUrl, password: str, trust: ssl.SSLContext | None = None, timeout_seconds: float = 30
) -> Callable[[], Connection]:
    """Return how to connect to the server of `url`: greeted, encrypted and logged in as it asks.

    Each reply may take `timeout_seconds` in all. The server's certificate is verified against `trust`, by
    default what the system trusts. The EHLO name is this host's, as smtplib finds it. What is returned
    raises `MailServerError`.
    """

    def connect() -> Connection:
        where = f"the mail server {url.host}:{url.port}"
        if url.user and not url.security and not _is_loopback(url.host):
            raise MailServerError(
                f"{where} would get the password unencrypted; use smtp+starttls:// or smtps:// in SMTP_URL"
            )
        try:
            return _opened(url, password, trust, timeout_seconds)
        except OSError as error:
            raise MailServerError(
                f"{where} {_reason(error)}: nothing was sent; check SMTP_URL and SMTP_PASSWORD"
            ) from error

    return connect


def _opened(url: SmtpUrl, password: str, trust: ssl.SSLContext | None, timeout_seconds: float) -> Connection:
    if url.security and trust is None:
        trust = ssl.create_default_context()  # it reads every authority there is: only where it is needed
    connection: Connection
    if url.security == "tls":
        connection = _TlsConnection(url.host, url.port, timeout=timeout_seconds, context=trust)
    else:
        connection = Connection(url.host, url.port, timeout=timeout_seconds)
    try:
        if url.security == "starttls":
            connection.starttls(context=trust)
        connection.ehlo_or_helo_if_needed()
        if url.user:
            _log_in(connection, url.user, password)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in(connection: Connection, user: str, password: str) -> None:
    if not (user.isascii() and password.isascii()):
        # smtplib's own error would show the password's letter
        raise smtplib.SMTPException("cannot be given a user or password that is not ASCII")
    connection.login(user, password)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refused the user or password ({error.smtp_code} {shown(error.smtp_error)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"turned us away ({error.smtp_code} {shown(error.smtp_error)})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that cannot be trusted ({error.verify_message})"
    return f"cannot be used ({error})"


def shown(reply: bytes | str) -> str:
    """Return a server's words on one line: they are a stranger's, so no control characters and an end."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line[:_LONGEST_REPLY_SHOWN]
