"""Mail by SMTP, with every stage's outcome told apart.

Up to the server's 354 nothing has been handed over: what fails there can be tried again, be it that the
server refuses us; only a reader's address is refused there for good. From then until its last reply the
message may have been taken: what fails there is unknown, and what is refused is that message.
"""

import re
from collections.abc import Callable
from types import TracebackType
from typing import Self

from report.adapters.smtp_connection import Connection, connector, shown
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown, ReaderRefused
from report.mail import Letter, at_once

__all__ = ["SmtpSender", "connector"]

_LOSSES_TO_GIVE_UP = 3
_REFUSALS_TO_GIVE_UP = 3
_NOT_LET_IN = (503, 530, 535)
_POLICY = re.compile(rb"5\.7\.|.*\brelay(ing)?\b(?!@)", re.IGNORECASE | re.DOTALL)
"""RFC 3463: security or policy, such as a relay that does not know us; some say so in words alone."""


class SmtpSender:
    """Keeps one connection for many messages; makes it anew after so many, and when it is lost between them.

    After three connections in a row were lost over a message the server is taken to be gone. After it
    refused three readers in a row for policy it is taken to refuse us: one alone may be the reader's own.
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
        self._policy_refusals = 0

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
        self._name_reader(letter.to)
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

    def _name_reader(self, to: str) -> None:
        code, reply = self._reply_to(words := f"RCPT TO:<{to}>")
        is_policy = _is_final(code) and _POLICY.match(reply) is not None
        self._policy_refusals = self._policy_refusals + 1 if is_policy else 0
        if code in (250, 251):
            return
        self._settle()
        if code in _NOT_LET_IN or self._policy_refusals >= _REFUSALS_TO_GIVE_UP:
            raise _error(MailServerError, words, code, reply)
        if is_policy or not _is_final(code):
            raise _error(MailDeferred, words, code, reply)
        raise _error(ReaderRefused, words, code, reply)

    def _command(self, words: str, expected: int) -> None:
        """Give a command that is the same for every reader: a refusal is of us."""
        code, reply = self._reply_to(words)
        if code != expected:
            self._settle()
            raise _error(MailServerError if _is_final(code) else MailDeferred, words, code, reply)

    def _reply_to(self, words: str) -> tuple[int, bytes]:
        """Give a command that hands nothing over yet."""
        assert self._connection is not None
        try:
            return self._connection.docmd(words)
        except OSError as error:  # smtplib's errors are OSErrors
            self._drop()
            raise MailDeferred(f"the mail server was lost at {words} ({error}): nothing was sent") from error

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
        # Also where SES means us, not the message ("554 Email address is not verified"): its words alone
        # tell, and it says the same of readers that are not verified.
        kind = MailRefused if _is_final(code) else MailDeferred
        raise _error(kind, f"the message to {to}", code, reply)

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


def _is_final(code: int) -> bool:
    return 500 <= code <= 599


def _error(kind: type[MailError], what: str, code: int, reply: bytes) -> MailError:
    verb = "refused" if _is_final(code) else "put off"
    error = kind(f"the mail server {verb} {what}: {code} {shown(reply)}")
    error.code = code
    return error


def _unknown(to: str, why: str) -> MailUnknown:
    return MailUnknown(
        f"the mail server had the message to {to} but did not say what became of it ({why}): "
        "it may have arrived"
    )
