"""Rules for the ledger of mails."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.ledger import Entry, Found, Occasion, State, UnreadableEntry, claim, look, look_up, record
from report.errors import AlreadyExists
from report.runs import Run
from tests.fakes import MemoryStorage
from tests.mail_builders import FIVE

OCCASION = Occasion("trends", "2026-11-20")
KEY = "ledger/trends/2026-11-20/00ff.json"


def a_claim(id: str = "a", tries: int = 1) -> Entry:
    return Entry(State.CLAIMED, FIVE, Run("host", 7, id), "<x@example.org>", revision=1, tries=tries)


def found(storage: MemoryStorage) -> Found:
    entry = look(storage, KEY)
    assert entry is not None
    return entry


def test_a_claim_is_read_back_as_it_was_written() -> None:
    """Who, when, which message and which try: the entry keeps them all."""
    storage = MemoryStorage()

    assert look(storage, KEY) is None
    assert claim(storage, KEY, a_claim(), etag="")
    assert found(storage).entry == a_claim()


def test_a_mail_is_claimed_once() -> None:
    """The second to claim is told so and changes nothing."""
    storage = MemoryStorage()

    assert [claim(storage, KEY, a_claim(who), etag="") for who in "ab"] == [True, False]
    assert found(storage).entry.run.id == "a"


def test_a_failed_mail_is_claimed_again_by_one() -> None:
    """All who read the same failure race for it, and one wins."""
    storage = MemoryStorage()
    claim(storage, KEY, a_claim(), etag="")
    record(storage, KEY, a_claim(), State.FAILED, 450, "later")
    etag = found(storage).etag

    assert [claim(storage, KEY, a_claim(who, tries=2), etag) for who in "bc"] == [True, False]
    assert found(storage).entry == a_claim("b", tries=2)


def test_a_claim_whose_answer_was_lost_is_still_ours() -> None:
    """Storage clients repeat a request that got no answer; finding our own claim there is no defeat."""

    class Repeating(MemoryStorage):
        def put_if_absent(self, key: str, body: bytes, content_type: str = "") -> None:
            super().put_if_absent(key, body, content_type)
            raise AlreadyExists(key)

    assert claim(Repeating(), KEY, a_claim(), etag="")


def test_a_record_keeps_the_claim_and_the_servers_words() -> None:
    """What became of the mail stands beside who sent it."""
    storage = MemoryStorage()
    claim(storage, KEY, a_claim(), etag="")

    record(storage, KEY, a_claim(), State.REFUSED, 550, "no such user")

    entry = found(storage).entry
    assert (entry.state, entry.code, entry.text) == (State.REFUSED, 550, "no such user")
    assert (entry.run, entry.message_id) == (a_claim().run, "<x@example.org>")


def test_a_record_leaves_alone_what_is_no_longer_its_claim() -> None:
    """A run that slept writes over nothing that was settled meanwhile, nor makes anew what was removed."""
    storage = MemoryStorage()
    claim(storage, KEY, a_claim(), etag="")
    settled = replace(a_claim(), state=State.ACCEPTED)
    claim(storage, KEY, settled, found(storage).etag)

    assert not record(storage, KEY, a_claim(), State.FAILED)
    assert found(storage).entry == settled

    storage.delete(KEY)
    assert not record(storage, KEY, a_claim(), State.FAILED)
    assert look(storage, KEY) is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", json.dumps({"state": "claimed"}).encode()], ids=repr
)
def test_a_broken_entry_is_an_entry(body: bytes) -> None:
    """An entry nobody can read is not a missing one: it is named, never overwritten."""
    storage = MemoryStorage()
    storage.put(KEY, body)

    with pytest.raises(UnreadableEntry, match=KEY):
        look(storage, KEY)


def look_up_all(storage: MemoryStorage) -> dict[str, str]:
    """Return the states of the occasion's entries by key, as a listing finds them."""
    found = look_up(storage, OCCASION)
    return {key: one.entry.state if isinstance(one, Found) else "unreadable" for key, one in found.items()}


def test_a_period_is_looked_up_with_what_cannot_be_read() -> None:
    """One broken entry hides no other; entries of other periods are not among them."""
    storage = MemoryStorage()
    claim(storage, KEY, a_claim(), etag="")
    claim(storage, KEY.replace("11-20", "11-21"), a_claim(), etag="")
    storage.put(OCCASION.key_of("broken"), b"{")

    assert look_up_all(storage) == {KEY: "claimed", OCCASION.key_of("broken"): "unreadable"}


def test_what_was_looked_up_can_be_replaced_once() -> None:
    """The etag of a listing serves for a compare-and-swap, of an entry that cannot be read too."""
    storage = MemoryStorage()
    storage.put(KEY, b"{")
    etag = look_up(storage, OCCASION, {KEY})[KEY].etag

    assert [claim(storage, KEY, a_claim(id), etag) for id in "ab"] == [True, False]


def test_an_entry_of_an_earlier_version_is_read() -> None:
    """Entries that were written before there were corrections and settling stay valid."""
    storage = MemoryStorage()
    claim(storage, KEY, a_claim(), etag="")

    assert sorted(json.loads(storage.get(KEY))) == [
        "at", "code", "message_id", "revision", "run", "state", "text", "tries"
    ]  # fmt: skip
    assert found(storage).entry == a_claim()


@pytest.mark.parametrize(
    ("state", "age", "over", "expected"),
    [
        pytest.param("claimed", timedelta(minutes=14), False, "claimed", id="young claim"),
        pytest.param("claimed", timedelta(minutes=14), True, "unknown", id="young claim, its run is gone"),
        pytest.param("claimed", timedelta(minutes=15), False, "unknown", id="old claim"),
        pytest.param("claimed", timedelta(minutes=-1), False, "claimed", id="a clock that is behind"),
        pytest.param("failed", timedelta(0), False, "failed", id="recorded"),
    ],
)
def test_only_a_young_claim_may_be_under_way(state: str, age: timedelta, over: bool, expected: str) -> None:
    """Handing over a mail takes less than a quarter of an hour; older claims are left over."""
    entry = Entry(State(state), FIVE, Run("host", 7, "a"), "<x@example.org>", revision=1)

    assert entry.state_at(FIVE + age, lambda run: over) == expected
