"""Asks those who wished to subscribe whether they meant it: one mail a wish, and one an hour an address.

confirmations/sent/<reader_key>.json    {"at", "request", "run"}: claimed before the mail is sent

The claim comes first, so that of any number of runs one sends. A run that dies after it leaves the wish
waiting; once the hour is over it is asked about again, since one such mail too many does no harm.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum

from report.addresses import mailbox, reader_key, veiled
from report.errors import MailDeferred, MailError, MailServerError
from report.mail import Mail, Sender, as_letter, message
from report.readers import parse_moment
from report.rendering.confirmation import render_question, subject_of
from report.runs import Run
from report.settings import Settings
from report.storage import Storage
from report.stored_json import change, json_bytes
from report.subscribing import WAITING, wish_of
from report.tokens import CONFIRM_WITHIN, Tokens, Wish

PAUSE = timedelta(hours=1)
_KEPT = timedelta(days=1)
_SENT = "confirmations/sent/"


class Question(StrEnum):
    """What became of one wish in this run."""

    ASKED = "asked"
    AGAIN = "asked within the hour"
    ELSEWHERE = "under way elsewhere"
    DEFERRED = "deferred"
    REFUSED = "refused"
    STALE = "too old"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Answer:
    """A wish's fate; `about` names it without its address, `why` only where something is wrong."""

    question: Question
    about: str
    why: str = ""


@dataclass(frozen=True)
class Desk:
    """What asking works with; `now` is aware, `letter` makes the mail of a wish from its request's name."""

    storage: Storage
    sender: Sender
    letter: Callable[[Wish, str], EmailMessage]
    run: Run
    now: datetime


def ask_waiting(desk: Desk) -> Iterator[Answer]:
    """Yield what becomes of each waiting wish, the oldest first; raise `StorageError`.

    When the mail server is gone, who is left waits for the next run.
    """
    waiting = [info.key for info in desk.storage.list(WAITING)]
    try:
        if waiting:
            with desk.sender:
                yield from (_settle(desk, key, body) for key, body in desk.storage.get_many(waiting))
    except MailServerError as error:
        yield Answer(Question.DEFERRED, "all that wait", str(error))
    _forget_old_claims(desk.storage, desk.now)


def letter_of(settings: Settings, now: datetime) -> Callable[[Wish, str], EmailMessage]:
    """Return what makes the mail that asks; it needs SECRET_KEY."""
    tokens, domain = Tokens(settings.secret_key), mailbox(settings.mail_from).domain

    def letter(wish: Wish, request: str) -> EmailMessage:
        text, html = render_question(wish, f"{settings.public_url}/subscribe/{tokens.confirm(wish)}")
        name, to = f"<confirm.{request}@{domain}>", wish.reader.address
        at = now.astimezone(settings.timezone)
        return message(Mail(subject_of(wish), settings.mail_from, to, text, html, {}, name, at))

    return letter


def _settle(desk: Desk, key: str, body: bytes) -> Answer:
    request = key.removeprefix(WAITING).removesuffix(".json")
    try:
        wish = wish_of(body)
    except MailError as error:
        desk.storage.delete(key)
        return Answer(Question.UNREADABLE, key, str(error))
    about = veiled(wish.reader.address)
    question = _claim(desk, wish, request)
    why = ""
    if question is Question.ASKED:
        question, why = _send(desk, wish, request)
    if question not in (Question.DEFERRED, Question.ELSEWHERE):
        desk.storage.delete(key)
    return Answer(question, about, why)


def _claim(desk: Desk, wish: Wish, request: str) -> Question:
    """Return ASKED where it is for this run to ask."""
    if desk.now - wish.asked_at > CONFIRM_WITHIN:
        return Question.STALE
    claimed = {"at": desk.now.isoformat(), "request": request, "run": desk.run.id}
    standing: list[dict[str, str]] = [claimed]

    def with_claim(body: bytes | None) -> bytes | None:
        known = _claimed(body)
        is_fresh = known is not None and desk.now - parse_moment(known["at"]) < PAUSE
        standing[:] = [known] if known and is_fresh else [claimed]
        return None if is_fresh else json_bytes(claimed)

    change(desk.storage, _claim_key(wish), with_claim)
    if standing == [claimed]:
        return Question.ASKED
    return Question.ELSEWHERE if standing[0]["request"] == request else Question.AGAIN


def _send(desk: Desk, wish: Wish, request: str) -> tuple[Question, str]:
    try:
        desk.sender.send(as_letter(desk.letter(wish, request)))
    except MailDeferred as error:
        desk.storage.delete(_claim_key(wish))
        if isinstance(error, MailServerError):
            raise
        return Question.DEFERRED, str(error)
    except MailError as error:
        return Question.REFUSED, str(error)
    return Question.ASKED, ""


def _claim_key(wish: Wish) -> str:
    return f"{_SENT}{reader_key(wish.reader.address)}.json"


def _claimed(body: bytes | None) -> dict[str, str] | None:
    """Return what a claim says; one that cannot be read claims nothing."""
    try:
        said = json.loads(body or b"")
        parse_moment(said["at"])
        return {"at": said["at"], "request": str(said["request"]), "run": str(said["run"])}
    except (ValueError, LookupError, TypeError):
        return None


def _forget_old_claims(storage: Storage, now: datetime) -> None:
    for key, body in storage.get_many([info.key for info in storage.list(_SENT)]):
        claimed = _claimed(body)
        if claimed is None or now - parse_moment(claimed["at"]) > _KEPT:
            storage.delete(key)


def summary(answers: Iterable[Answer]) -> str:
    """Return the run's counts on one line."""
    counted = [answer.question for answer in answers]
    return ", ".join(f"{counted.count(it)} {it}" for it in Question if it is Question.ASKED or it in counted)
