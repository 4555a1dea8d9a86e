"""Mail by SMTP, with every stage's outcome told apart.

Up to the server's 354 nothing has been handed over: what fails there can be tried again, or was
refused. From then until its last reply the message may have been taken: what fails there is unknown.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from ipaddress import ip_address
from types import TracebackType
from typing import NoReturn, Self

from report.errors import MailDeferred, MailRefused, MailServerError, MailUnknown
from report.setting_rules import SmtpUrl

_LONGEST_REPLY_SHOWN = 300

Connect = Callable[[], smtplib.SMTP]


class SmtpSender:
    """Keeps one connection for many messages and makes it anew when it is lost between them."""

    def __init__(self, connect: Connect, verdict_timeout_seconds: float = 300) -> None:
        """Take how to connect; the verdict on a whole message may take longer than other replies."""
        self._connect = connect
        self._verdict_timeout_seconds = verdict_timeout_seconds
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._connection = self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            _part(self._connection)
        self._connection = None

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand the message over; raise as `report.mail.Sender` says."""
        body = message.as_bytes()
        self._begin(message["From"].addresses[0].addr_spec, len(body))
        self._command(f"RCPT TO:<{to}>", 250, 251)
        self._command("DATA", 354)
        self._hand_over(body, to)

    def _begin(self, sender: str, size: int) -> None:
        """Open the transaction; a connection that went stale since the last message is replaced once."""
        if self._connection is not None:
            try:
                self._mail_from(self._connection, sender, size)
            except MailDeferred:
                if self._connection is not None:
                    raise
            else:
                return
        self._connection = self._connect()
        self._mail_from(self._connection, sender, size)

    def _mail_from(self, connection: smtplib.SMTP, sender: str, size: int) -> None:
        option = f" SIZE={size}" if connection.has_extn("size") else ""
        self._command(f"MAIL FROM:<{sender}>{option}", 250)

    def _command(self, words: str, *expected: int) -> None:
        """Give a command that hands nothing over yet."""
        assert self._connection is not None
        try:
            code, reply = self._connection.docmd(words)
        except OSError as error:  # smtplib's errors are OSErrors
            self._drop()
            raise MailDeferred(f"the mail server was lost at {words} ({error}): nothing was sent") from error
        if code not in expected:
            self._settle()
            _refuse(words, code, reply)

    def _hand_over(self, body: bytes, to: str) -> None:
        assert self._connection is not None
        try:
            code, reply = self._last_reply(self._connection, body)
        except OSError as error:
            self._drop()
            raise _unknown(to, str(error)) from error
        if 200 <= code <= 299:
            return
        self._settle()
        if not 400 <= code <= 599:
            raise _unknown(to, f"it answered {code} {_shown(reply)}")
        _refuse(f"the message to {to}", code, reply)

    def _last_reply(self, connection: smtplib.SMTP, body: bytes) -> tuple[int, bytes]:
        assert connection.sock is not None
        usual = connection.sock.gettimeout()
        connection.sock.settimeout(self._verdict_timeout_seconds)
        connection.send(re.sub(rb"(?m)^\.", b"..", body) + b".\r\n")
        code, reply = connection.getreply()
        connection.sock.settimeout(usual)
        return code, reply

    def _settle(self) -> None:
        """After a refusal, make the connection ready for the next message; after a 421 it is gone."""
        assert self._connection is not None
        try:
            if self._connection.rset()[0] == 250:
                return
        except OSError:
            pass
        self._drop()

    def _drop(self) -> None:
        assert self._connection is not None
        self._connection.close()
        self._connection = None


def connector(
    url: SmtpUrl, password: str, trust: ssl.SSLContext | None = None, timeout_seconds: float = 30
) -> Connect:
    """Return how to connect to the server of `url`: greeted, encrypted and logged in as it asks.

    The server's certificate is verified against `trust`, by default what the system trusts. The EHLO name
    is this host's, as smtplib finds it. What is returned raises `MailServerError`.
    """

    def connect() -> smtplib.SMTP:
        where = f"the mail server {url.host}:{url.port}"
        if url.user and not url.security and not _is_loopback(url.host):
            raise MailServerError(
                f"{where} would get the password unencrypted; use smtp+starttls:// or smtps:// in SMTP_URL"
            )
        try:
            return _opened(url, password, trust or ssl.create_default_context(), timeout_seconds)
        except OSError as error:
            raise MailServerError(
                f"{where} {_reason(error)}: nothing was sent; check SMTP_URL and SMTP_PASSWORD"
            ) from error

    return connect


def _opened(url: SmtpUrl, password: str, trust: ssl.SSLContext, timeout_seconds: float) -> smtplib.SMTP:
    connection: smtplib.SMTP
    if url.security == "tls":
        connection = smtplib.SMTP_SSL(url.host, url.port, timeout=timeout_seconds, context=trust)
    else:
        connection = smtplib.SMTP(url.host, url.port, timeout=timeout_seconds)
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


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    if not (user.isascii() and password.isascii()):
        # smtplib's own error would show the password's letter
        raise smtplib.SMTPException("cannot be given a user or password that is not ASCII")
    connection.login(user, password)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _part(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except OSError:
        connection.close()


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refused the user or password ({error.smtp_code} {_shown(error.smtp_error)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"turned us away ({error.smtp_code} {_shown(error.smtp_error)})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that cannot be trusted ({error.verify_message})"
    return f"cannot be used ({error})"


def _refuse(what: str, code: int, reply: bytes) -> NoReturn:
    kind = MailRefused if 500 <= code <= 599 else MailDeferred
    verb = "refused" if kind is MailRefused else "put off"
    error = kind(f"the mail server {verb} {what}: {code} {_shown(reply)}")
    error.code = code
    raise error


def _unknown(to: str, why: str) -> MailUnknown:
    return MailUnknown(
        f"the mail server had the message to {to} but did not say what became of it ({why}): "
        "it may have arrived"
    )


def _shown(reply: bytes | str) -> str:
    """A server's words on one line: they are a stranger's, so no control characters and an end."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line[:_LONGEST_REPLY_SHOWN]
