"""Rules for a person's word on a mail."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer.ledger import Entry, Occasion, State, claim, look
from mailer.settling import Settled, Witness, Word, settle, what_sends
from report.addresses import reader_key
from report.readers import Reader, parse_rhythm
from report.runs import Run
from report.settings import Settings
from tests.fakes import MemoryStorage
from tests.mail_builders import FIVE

OCCASION = Occasion("trends", "2026-11-20")
READER = "00ff"
KEY = OCCASION.key_of(READER)
WITNESS = Witness("ann on desk", FIVE)


_COMMAND = (
    "no run sends it any more, but `python -m mailer send --to {} --report trends --period 2026-11-20` does"
)


def an_entry(state: State) -> Entry:
    return Entry(state, FIVE, Run("host", 7, "a"), "<x@example.org>", revision=1, text="the last words")


def settled(storage: MemoryStorage, word: Word, over: bool = True) -> Settled:
    return settle(storage, OCCASION, READER, word, WITNESS, lambda run: over, "a run sends it")


def entry(storage: MemoryStorage) -> Entry:
    found = look(storage, KEY)
    assert found is not None
    return found.entry


@pytest.mark.parametrize("state", [State.UNKNOWN, State.CLAIMED, State.REFUSED])
@pytest.mark.parametrize(("word", "becomes"), [(Word.ARRIVED, State.ACCEPTED), (Word.AGAIN, State.FAILED)])
def test_what_nobody_can_know_is_settled_by_hand(state: State, word: Word, becomes: State) -> None:
    """Arrived means never again, again means by the next run; who said so and when stays with the entry."""
    storage = MemoryStorage()
    claim(storage, KEY, an_entry(state), "")

    assert settled(storage, word).is_kept
    kept = entry(storage)
    assert (kept.state, kept.settled_by, kept.settled_at) == (becomes, "ann on desk", FIVE)
    assert kept.text == "the last words"


@pytest.mark.parametrize(
    ("state", "over", "words"),
    [
        pytest.param(State.ACCEPTED, True, "it is accepted", id="accepted"),
        pytest.param(State.FAILED, True, "it is failed: a run sends it", id="failed"),
        pytest.param(State.CLAIMED, False, "it is claimed: a run is at it", id="under way"),
    ],
)
def test_what_is_known_is_left_alone(state: State, over: bool, words: str) -> None:
    """Nobody gets a second mail by a slip of the hand."""
    storage = MemoryStorage()
    claim(storage, KEY, an_entry(state), "")

    told = settled(storage, Word.AGAIN, over)

    assert not told.is_kept
    assert words in told.says
    assert entry(storage) == an_entry(state)


@pytest.mark.parametrize(
    ("address", "late", "words"),
    [
        pytest.param("ann@example.com", timedelta(hours=3), "the next run sends it", id="open"),
        pytest.param("ann@example.com", timedelta(hours=5), _COMMAND.format("ann@example.com"), id="late"),
        pytest.param("gone@example.com", timedelta(), _COMMAND.format("gone@example.com"), id="left"),
        pytest.param(
            "o'neil@example.com", timedelta(), _COMMAND.format("'o'\"'\"'neil@example.com'"), id="sign"
        ),
        pytest.param(reader_key("gone@x.org"), timedelta(), _COMMAND.format("ADDRESS"), id="hash"),
    ],
)
def test_who_may_be_mailed_again_is_told_what_does_it(address: str, late: timedelta, words: str) -> None:
    """A run does while the mail is open to the reader; else a command does, which is named as it is typed."""
    ann = Reader("ann@example.com", ("trends",), parse_rhythm("daily 05:00"), ZoneInfo("UTC"))

    assert what_sends(Settings(mail_late_hours=4), [ann], OCCASION, address, FIVE + late) == words


def test_a_mail_nobody_claimed_has_nothing_to_settle() -> None:
    """No entry is made up."""
    storage = MemoryStorage()

    assert settled(storage, Word.ARRIVED) == Settled(False, "there is no ledger entry")
    assert list(storage.list()) == []


def test_an_entry_that_cannot_be_read_can_be_settled() -> None:
    """Broken entries stop their readers' mail; a person's word makes them whole."""
    storage = MemoryStorage()
    storage.put(KEY, b"{")

    assert settled(storage, Word.AGAIN).is_kept
    assert entry(storage).state is State.FAILED


def test_who_settles_what_has_just_changed_looks_again() -> None:
    """A word is about what was seen: it replaces nothing newer."""

    class Changing(MemoryStorage):
        def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = "") -> None:
            self.put(key, b"another's")
            super().put_if_match(key, body, etag, content_type)

    storage = Changing()
    claim(storage, KEY, an_entry(State.UNKNOWN), "")

    assert settled(storage, Word.AGAIN) == Settled(False, "it changed just now; look again")
