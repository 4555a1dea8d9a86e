"""Asks those who wished to subscribe whether they meant it: one mail a wish, and one an hour an address.

confirmations/sent/<reader_key>.json    {"at", "request", "run"}: claimed before the mail is sent

The claim comes first, so that of any number of runs one sends. A run that dies after it leaves the wish
waiting; once the hour is over it is asked about again, since one such mail too many does no harm. Where the
server refuses us, not the reader, the wish waits as well, until its link would have run out.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum

from report.addresses import mailbox, reader_key, veiled
from report.alerts import Alarm, Finding
from report.errors import MailError, MailServerError, MailUnknown, ReaderRefused
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
WISHES = "wishes to subscribe"
"""What an alarm of this room is about."""

_KEPT = timedelta(days=1)
_SENT = "confirmations/sent/"


class Question(StrEnum):
    """What became of one wish in this run."""

    ASKED = "asked"
    AGAIN = "asked within the hour"
    PERHAPS = "perhaps asked"
    ELSEWHERE = "under way elsewhere"
    DEFERRED = "deferred"
    REFUSED = "refused"
    STALE = "too old"
    UNREADABLE = "unreadable"


PROBLEMS = frozenset(
    {Question.PERHAPS, Question.DEFERRED, Question.REFUSED, Question.STALE, Question.UNREADABLE}
)
_TOLD = PROBLEMS - {Question.REFUSED}  # anybody may type an address that does not exist
_KEPT_WAITING = frozenset({Question.DEFERRED, Question.ELSEWHERE})


@dataclass(frozen=True)
class Answer:
    """A wish's fate; `about` names it without its address, `why` only where something is wrong."""

    question: Question
    about: str
    why: str = ""


@dataclass(frozen=True)
class Asking:
    """What asking works with; `now` is aware, `letter` makes the mail of a wish from its request's name."""

    storage: Storage
    sender: Sender
    letter: Callable[[Wish, str], EmailMessage]
    run: Run
    now: datetime


def ask_waiting(asking: Asking) -> Iterator[Answer]:
    """Yield what becomes of each waiting wish, the oldest first; raise `StorageError`.

    When the mail server is gone, who is left waits for the next run.
    """
    waiting = [info.key for info in asking.storage.list(WAITING)]
    try:
        if waiting:
            with asking.sender:
                yield from (_settle(asking, key, body) for key, body in asking.storage.get_many(waiting))
    except MailServerError as error:
        yield Answer(Question.DEFERRED, "all that wait", str(error))
    _forget_old_claims(asking.storage, asking.now)


def letter_of(settings: Settings, now: datetime) -> Callable[[Wish, str], EmailMessage]:
    """Return what makes the mail that asks; it needs SECRET_KEY."""
    tokens, domain = Tokens(settings.secret_key), mailbox(settings.mail_from).domain

    def letter(wish: Wish, request: str) -> EmailMessage:
        text, html = render_question(wish, f"{settings.public_url}/subscribe/{tokens.confirm(wish)}")
        name, to = f"<confirm.{request}@{domain}>", wish.reader.address
        at = now.astimezone(settings.timezone)
        return message(Mail(subject_of(wish), settings.mail_from, to, text, html, {}, name, at))

    return letter


def _settle(asking: Asking, key: str, body: bytes) -> Answer:
    request = key.removeprefix(WAITING).removesuffix(".json")
    try:
        wish = wish_of(body)
    except MailError as error:
        asking.storage.delete(key)
        return Answer(Question.UNREADABLE, key, str(error))
    about = veiled(wish.reader.address)
    question = _claim(asking, wish, request)
    why = "the link would have run out before the mail could leave" if question is Question.STALE else ""
    if question is Question.ASKED:
        question, why = _send(asking, wish, request)
    if question not in _KEPT_WAITING:
        asking.storage.delete(key)
    return Answer(question, about, why)


def _claim(asking: Asking, wish: Wish, request: str) -> Question:
    """Return ASKED where it is for this run to ask."""
    if asking.now - wish.asked_at > CONFIRM_WITHIN:
        return Question.STALE
    claimed = {"at": asking.now.isoformat(), "request": request, "run": asking.run.id}
    standing: list[dict[str, str]] = [claimed]

    def with_claim(body: bytes | None) -> bytes | None:
        known = _claimed(body)
        is_fresh = known is not None and asking.now - parse_moment(known["at"]) < PAUSE
        standing[:] = [known] if known and is_fresh else [claimed]
        return None if is_fresh else json_bytes(claimed)

    change(asking.storage, _claim_key(wish), with_claim)
    if standing == [claimed]:
        return Question.ASKED
    return Question.ELSEWHERE if standing[0]["request"] == request else Question.AGAIN


def _send(asking: Asking, wish: Wish, request: str) -> tuple[Question, str]:
    try:
        asking.sender.send(as_letter(asking.letter(wish, request)))
    except ReaderRefused as error:
        return Question.REFUSED, str(error)
    except MailUnknown as error:  # the claim stands: what may have arrived is not repeated within the hour
        return Question.PERHAPS, str(error)
    except MailError as error:
        asking.storage.delete(_claim_key(wish))
        if isinstance(error, MailServerError):
            raise
        return Question.DEFERRED, str(error)
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


def findings_of(answers: Iterable[Answer]) -> list[Finding]:
    """Return what the owner is to know: wishes that could not be asked about, though the address is good."""
    bad = [answer for answer in answers if answer.question in _TOLD]
    if not bad:
        return []
    says = f"{summary(bad, ())}; such as {bad[0].about}: {bad[0].why}"
    return [Finding(Alarm.NOT_ASKED, WISHES, says)]


def summary(answers: Iterable[Answer], always: Collection[Question] = (Question.ASKED,)) -> str:
    """Return the run's counts on one line."""
    counted = [answer.question for answer in answers]
    return ", ".join(f"{counted.count(it)} {it}" for it in Question if it in always or it in counted)
