"""What a mail is: one value, one MIME message made of it, and who carries it away."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from types import TracebackType
from typing import Protocol, Self

from report.addresses import mailbox, reader_key
from report.errors import MailError

LARGEST_MESSAGE_BYTES = 80_000
_HEADERS_BYTES = 2_000
"""Gmail clips what is over about 102 kB as it travels; well below, with every picture counted."""

_LONGEST_LINE = 998  # RFC 5322, section 2.1.1
_PICTURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.png")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[^\s<>@]+>")
_CID = re.compile(r"""\bsrc\s*=\s*["']cid:([^"']+)["']""")
_PLAIN = re.compile(r"[\t\r\n\x20-\x7e]*")
_AS_IT_STANDS = SMTP.clone(refold_source="none")
_PLAIN_BYTES = bytes(sign for sign in range(9, 127) if sign != ord("="))


@dataclass(frozen=True)
class Mail:
    """One reader's mail; `pictures` are PNG files by the names `html` shows, `sent_at` is aware."""

    subject: str
    sender: str
    to: str
    text: str
    html: str
    pictures: Mapping[str, bytes]
    message_id: str
    sent_at: datetime

    def __post_init__(self) -> None:
        if not self.subject.isprintable():
            raise MailError(f"a mail's subject must be one line of text, not {self.subject!r}")
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise MailError(f"a Message-ID looks like <name@domain>, not {self.message_id!r}")
        if self.sent_at.tzinfo is None:
            raise MailError(f"a mail's date needs a time zone: {self.sent_at}")
        if odd := [name for name in self.pictures if not _PICTURE_NAME.fullmatch(name)]:
            raise MailError(f"a mail's picture must have a plain name ending in .png, not {odd[0]!r}")
        if missing := set(shown_pictures(self.html)) - set(self.pictures):
            raise MailError(f"the mail shows pictures it does not bring: {', '.join(sorted(missing))}")


@dataclass(frozen=True)
class Letter:
    """A message as it travels: `body` is all of it, in bytes; `sender` and `to` are bare addresses.

    Who makes one sees to it that every line ends in CRLF, see `whole_lines`.
    """

    sender: str
    to: str
    message_id: str
    body: bytes

    def parsed(self) -> EmailMessage:
        """Return the message as a reader's program sees it; its own headers are never folded anew."""
        return message_from_bytes(self.body, _class=EmailMessage, policy=_AS_IT_STANDS)


def at_once() -> bool:
    """Let a letter leave that nobody else could send."""
    return True


class Sender(Protocol):
    """Carries letters away, many over one connection: `with sender: sender.send(…)`.

    Entering raises `MailServerError` where no connection can be made.
    """

    def __enter__(self) -> Self:
        """Connect."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Part, without complaint."""

    def send(self, letter: Letter, may_leave: Callable[[], bool] = at_once) -> bool:
        """Hand one letter over and return True: it was accepted.

        `may_leave` is asked when all is ready, right before the message itself is handed over. Where it
        says no, or raises, the letter is withdrawn: False is returned, or what was raised.

        Raise `MailRefused` (for good), `MailDeferred` (not taken, may be tried again; as `MailServerError`
        where the server refuses us, or is gone) or `MailUnknown` (may have been taken).
        """


def message_id(report: str, period: str, reader: str, sender: str, correction: int = 0) -> str:
    """Return the Message-ID of a report's mail to a reader: the same for every try and revision of a period.

    A correction, by its number, is another mail.
    """
    which = f"{period}.{report}.c{correction}" if correction else f"{period}.{report}"
    return f"<{which}.{reader_key(reader)}@{mailbox(sender).domain}>"


def shown_pictures(html: str) -> list[str]:
    """Return the names of the pictures a mail's HTML shows as `src="cid:<name>"`, each once."""
    return list(dict.fromkeys(_CID.findall(html)))


def message(mail: Mail) -> EmailMessage:
    """Return the MIME message: text and HTML as alternatives, the pictures related to the HTML.

    Raise `MailError` for an address that is none.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = mailbox(mail.sender)
    letter["To"] = mailbox(mail.to)
    letter["Subject"] = mail.subject
    letter["Date"] = mail.sent_at
    letter["Message-ID"] = mail.message_id
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in answer
    _fill(letter, mail.text, mail.html, mail.pictures)
    _name_boundaries(letter, mail)
    return letter


def whole_lines(body: bytes) -> bytes:
    """Return the bytes, all of whose lines end in CRLF; raise `MailError` for others.

    Servers differ in what a bare CR or LF is: one could end the message for them, and begin another.
    """
    ends = body.count(b"\r\n")
    if not ends == body.count(b"\n") == body.count(b"\r"):
        raise MailError("a message has a bare line end, which servers read differently: nothing was sent")
    return body


def as_letter(message: EmailMessage) -> Letter:
    """Return a message to one reader as it travels."""
    sender, to = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    return Letter(sender, to, str(message["Message-ID"]), whole_lines(message.as_bytes()))


def size_of(text: str, html: str, pictures: Mapping[str, bytes]) -> int:
    """Return how many bytes a mail of these parts is as it travels, long headers included."""
    letter = EmailMessage(policy=SMTP)
    _fill(letter, text, html, pictures)
    return len(letter.as_bytes()) + _HEADERS_BYTES


def _fill(letter: EmailMessage, text: str, html: str, pictures: Mapping[str, bytes]) -> None:
    letter.set_content(text, cte=_transfer_encoding(text))
    letter.add_alternative(html, subtype="html", cte=_transfer_encoding(html))
    page = letter.get_body(("html",))
    assert isinstance(page, EmailMessage)
    names = shown_pictures(html)
    for name in names:
        page.add_related(pictures[name], "image", "png", cid=f"<{name}>", disposition="inline", filename=name)
    if names:
        page.set_param("type", "text/html")  # RFC 2387 asks for it


def _transfer_encoding(text: str) -> str:
    """The shortest any server takes: base64 costs a third, quoted-printable two bytes a strange one."""
    if _PLAIN.fullmatch(text) and max(map(len, text.splitlines()), default=0) <= _LONGEST_LINE:
        return "7bit"
    body = text.encode()
    strange = len(body.translate(None, _PLAIN_BYTES))
    return "quoted-printable" if 2 * strange < len(body) / 3 else "base64"


def _name_boundaries(letter: EmailMessage, mail: Mail) -> None:
    """Give the same mail the same bytes each time; the library draws its boundaries by lot."""
    seed = sha256(f"{mail.text}\0{mail.html}".encode()).hexdigest()[:32]
    wholes = [part for part in letter.walk() if part.is_multipart()]
    for number, whole in enumerate(wholes):
        whole.set_boundary(f"=_{number}_{seed}")
