"""Mail by SMTP, with every stage's outcome told apart.

Up to the server's 354 nothing has been handed over: what fails there can be tried again, or was
refused. From then until its last reply the message may have been taken: what fails there is unknown.
"""

from collections.abc import Callable
from types import TracebackType
from typing import NoReturn, Self

from report.adapters.smtp_connection import Connection, connector, shown
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown, ReaderRefused
from report.mail import Letter, at_once

__all__ = ["SmtpSender", "connector"]

_LOSSES_TO_GIVE_UP = 3
_NOT_LET_IN = (530, 535)
_POLICY = b"5.7."  # RFC 3463: security or policy, such as a relay that does not know us


class SmtpSender:
    """Keeps one connection for many messages; makes it anew after so many, and when it is lost between them.

    After three connections in a row were lost over a message the server is taken to be gone.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        per_connection: int = 100,
        sign: Callable[[bytes], bytes] = bytes,
        message_seconds: float = 300,
    ) -> None:
        """Take how to connect; `sign` returns the bytes of a message as they leave.

        Sending a message, and then the verdict on it, may take `message_seconds` each.
        """
        self._connect = connect
        self._per_connection = per_connection
        self._sign = sign
        self._message_seconds = message_seconds
        self._connection: Connection | None = None
        self._sent = 0
        self._losses = 0

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        """Hand the letter over; return and raise as `report.mail.Sender` says."""
        if self._losses >= _LOSSES_TO_GIVE_UP:
            raise MailServerError(f"the mail server was lost {self._losses} times in a row: nothing was sent")
        body = self._sign(letter.body)
        self._begin(letter.sender, len(body))
        self._command(f"RCPT TO:<{letter.to}>", 250, 251)
        if not self._is_wanted(may_leave):
            return False
        self._command("DATA", 354)
        self._hand_over(body, letter.to)
        self._losses = 0
        return True

    def _is_wanted(self, may_leave: Callable[[], bool]) -> bool:
        is_wanted = False
        try:
            is_wanted = may_leave()
        finally:
            if not is_wanted:
                self._settle()
        return is_wanted

    def _open(self) -> None:
        self._connection = self._connect()
        self._sent = 0

    def _close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except OSError:
                self._connection.close()
        self._connection = None

    def _begin(self, sender: str, size: int) -> None:
        """Open the transaction; a connection that went stale since the last message is replaced once."""
        if self._sent >= self._per_connection:
            self._close()
        if self._connection is not None:
            try:
                self._mail_from(self._connection, sender, size)
            except MailDeferred:
                if self._connection is not None:
                    raise
            else:
                return
        self._open()
        assert self._connection is not None
        self._mail_from(self._connection, sender, size)

    def _mail_from(self, connection: Connection, sender: str, size: int) -> None:
        self._sent += 1
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
            code, reply = self._connection.hand_over(body, self._message_seconds)
        except OSError as error:
            self._drop()
            raise _unknown(to, str(error)) from error
        if 200 <= code <= 299:
            return
        self._settle()
        if not 400 <= code <= 599:
            raise _unknown(to, f"it answered {code} {shown(reply)}")
        _refuse(f"the message to {to}", code, reply)

    def _settle(self) -> None:
        """After a refusal, make the connection ready for the next message; after a 421 it is gone."""
        assert self._connection is not None
        try:
            if self._connection.rset()[0] == 250:
                self._losses = 0
                return
        except OSError:
            pass
        self._drop()

    def _drop(self) -> None:
        assert self._connection is not None
        self._losses += 1
        self._connection.close()
        self._connection = None


def _refuse(what: str, code: int, reply: bytes) -> NoReturn:
    kind: type[MailError] = MailRefused if 500 <= code <= 599 else MailDeferred
    verb = "refused" if kind is MailRefused else "put off"
    if kind is MailRefused and what.startswith("RCPT") and not _is_about_us(code, reply):
        kind = ReaderRefused
    error = kind(f"the mail server {verb} {what}: {code} {shown(reply)}")
    error.code = code
    raise error


def _is_about_us(code: int, reply: bytes) -> bool:
    return code in _NOT_LET_IN or reply.startswith(_POLICY)


def _unknown(to: str, why: str) -> MailUnknown:
    return MailUnknown(
        f"the mail server had the message to {to} but did not say what became of it ({why}): "
        "it may have arrived"
    )
