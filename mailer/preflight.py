"""What would go wrong with a mail in its readers' programs, found before anybody gets it."""

import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage, Message
from html import unescape

from mailer.html_rules import html_problems
from mailer.markup import markup_of
from report.mail import LARGEST_MESSAGE_BYTES
from report.rendering.cells import short_number

LARGEST_ATTACHMENTS_BYTES = 7_000_000
"""What all attachments may take as they travel: gateways of 10 MB are common, and some count twice."""

_ONE_EACH = ("From", "To", "Subject", "Date", "Message-ID")
_NUMBER = re.compile(r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?)(?P<unit>[kMG](?!\w))?")
_BREAK = re.compile(r"\r?\n(?![ \t])|\r(?!\n)")  # a line that goes on with a space is folded: RFC 5322
_PLAIN_LINK = re.compile(r"http://[^\s<>\")]+")


def problems_of(letter: EmailMessage, public_url: str) -> list[str]:
    """Return what is wrong with a message that is about to be sent, a sentence each: what, where, what to do.

    Links must be https; those below `public_url` may be http where that is. Of a sound mail nothing is said.
    """
    text, html = _body(letter, "plain"), _body(letter, "html")
    problems = [*_header_problems(letter), *_size_problems(letter), *_encoding_problems(letter)]
    if text is None or html is None:
        return [
            *problems,
            "The message lacks a text part or an HTML part; some readers see only one: add it.",
        ]
    problems += html_problems(markup_of(html), public_url, _pictures(letter))
    problems += _text_link_problems(text, public_url)
    return [*problems, *_number_problems(text, html)]


def _header_problems(letter: EmailMessage) -> Iterator[str]:
    for name in _ONE_EACH:
        count = len(letter.get_all(name, []))
        if count != 1:
            yield f"The message has {count} headers {name}; it needs exactly one."
    for name, value in letter.raw_items():
        if _BREAK.search(str(value)):
            yield f"The header {name} has a line break, which smuggles in another header; remove it."


def _size_problems(letter: EmailMessage) -> Iterator[str]:
    parts = [part for part in letter.walk() if not part.is_multipart()]
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    files = [part for part in parts if part not in shown]
    attached = sum(len(part.as_bytes()) for part in files)
    size = len(letter.as_bytes()) - attached
    if size > LARGEST_MESSAGE_BYTES:
        yield (
            f"The mail is {size:,} bytes as it travels ({_sizes(shown)}), over {LARGEST_MESSAGE_BYTES:,}:"
            " mail programs clip its end; make tables, pictures or sections fewer."
        )
    if attached > LARGEST_ATTACHMENTS_BYTES:
        yield (
            f"The attachments are {attached:,} bytes as they travel ({_sizes(files)}), over"
            f" {LARGEST_ATTACHMENTS_BYTES:,}: servers refuse it; take something out of MAIL_ATTACH."
        )


def _sizes(parts: Iterable[Message]) -> str:
    return ", ".join(
        f"{part.get_filename() or part.get_content_type()} {len(part.as_bytes()):,}" for part in parts
    )


def _encoding_problems(letter: EmailMessage) -> Iterator[str]:
    for part in _written(letter):
        kind, charset = part.get_content_type(), part.get_content_charset() or "us-ascii"
        try:
            _decoded(part)
        except UnicodeDecodeError as error:
            yield f"The part {kind} is no UTF-8 ({error.reason} at byte {error.start}); encode it so."
        if charset not in ("utf-8", "us-ascii"):
            yield f"The part {kind} says its charset is {charset}; Gmail clips that: make it UTF-8."


def _written(letter: EmailMessage) -> list[Message]:
    found = (letter.get_body((kind,)) for kind in ("plain", "html"))
    return [part for part in found if part]


def _decoded(part: Message, errors: str = "strict") -> str:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode("utf-8", errors)


def _body(letter: EmailMessage, kind: str) -> str | None:
    part = letter.get_body((kind,))
    return _decoded(part, "replace") if part else None


def _pictures(letter: EmailMessage) -> set[str]:
    """The Content-IDs of the pictures the message brings, without their brackets."""
    parts = [part for part in letter.walk() if part.get_content_maintype() == "image"]
    return {str(part["Content-ID"]).strip().strip("<>") for part in parts if part["Content-ID"]}


def _text_link_problems(text: str, public_url: str) -> Iterator[str]:
    for link in dict.fromkeys(_PLAIN_LINK.findall(text)):
        if not link.startswith(public_url):
            yield f"The text part links to {link}, which is not https; write it with https."


def _number_problems(text: str, html: str) -> Iterator[str]:
    """The HTML may say 12k where the text says 12,345: then one of the text's numbers must be so in short."""
    said = [*_NUMBER.finditer(text)]
    known = {_value(found["digits"]) for found in said}
    in_short = {short_number(int(value)) for value in known if value.isdecimal()}
    in_short |= {found[0] for found in said}  # a hashtag may be "0k"
    markup = markup_of(html)
    alternatives = [unescape(tag.attributes.get("alt", "")) for tag in markup.named("img")]
    shown = " ".join([*(run.words for run in markup.runs), *alternatives])
    missing = dict.fromkeys(
        found[0] for found in _NUMBER.finditer(shown) if not _is_said(found, known, in_short)
    )
    if missing:
        yield (
            f"The text part lacks {len(missing)} of the numbers the HTML shows ({', '.join([*missing][:5])});"
            " who reads text would miss them: write them there too."
        )


def _is_said(found: re.Match[str], known: set[str], in_short: set[str]) -> bool:
    return _value(found["digits"]) in known if not found["unit"] else found[0] in in_short


def _value(digits: str) -> str:
    """A number without what only its form adds: separators, zeros in front, and those behind a point."""
    whole, _, rest = digits.replace(",", "").partition(".")
    return f"{int(whole)}.{rest.rstrip('0')}".rstrip(".")
