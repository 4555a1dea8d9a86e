"""Rules for the addresses of hashtags."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.histories import Histories
from report.hashtag_histories import SHARDS, HashtagHistory, Index, Observed, Shard, shard_of
from report.hashtag_shards import index_to_json, shard_to_json
from report.places import hashtag_index, hashtag_shard
from tests.hashtag_builders import LAST, a_history, observed_days
from tests.some_editions import FragileStorage


@pytest.fixture
def known(storage: FragileStorage) -> Mapping[str, HashtagHistory]:
    """Put histories into storage, under the keys returned."""
    found = {
        "budget": a_history(spellings=(("Budget", 900), ("budget", 512)), companions=(("Tax", 120),)),
        "café": a_history(tag="Café"),
        "音楽": a_history(tag="音楽"),
        "a/b": a_history(tag="a/b"),
        "<script>": a_history(tag="<script>"),
    }
    keep(storage, found, observed_days(30))
    return found


def keep(
    storage: FragileStorage, found: Mapping[str, HashtagHistory], observed: Mapping[date, Observed]
) -> None:
    for number in range(SHARDS):
        share = {key: one for key, one in found.items() if shard_of(key) == number}
        storage.put(hashtag_shard("UTC", number), shard_to_json(Shard(True, observed, share)))
    index = Index(True, dict.fromkeys(observed, "etag"), "", (("Budget", 1412), ("Café", 12)))
    storage.put(hashtag_index("UTC"), index_to_json(index))


@pytest.mark.usefixtures("known")
def test_a_hashtag_has_a_page(client: FlaskClient) -> None:
    """Its news come first; the page may be kept for a minute, and is not sent twice."""
    answer = client.get("/tags/budget")

    assert "#Budget: 1,424 tweets in 30 days, best 1st on 20 November 2026" in answer.text
    assert answer.headers["Cache-Control"].startswith("public, max-age=60")
    assert client.get("/tags/budget", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param("Budget", "/tags/budget", id="another case"),
        pytest.param("#budget", "/tags/budget", id="with its sign"),
        pytest.param("＃ＢＵＤＧＥＴ", "/tags/budget", id="full width"),
        pytest.param("cafe\u0301", "/tags/caf%C3%A9", id="accent apart"),
        pytest.param("Budget.json", "/tags/budget.json", id="the numbers"),
        pytest.param("#a/b", "/tags/a%2Fb", id="a slash"),
    ],
)
def test_every_spelling_leads_to_one_address(client: FlaskClient, written: str, path: str) -> None:
    """However it is written, a hashtag's page has one address, which is there."""
    answer = client.get(f"/tags/{quote(written)}")

    assert (answer.status_code, answer.headers["Location"]) == (308, path)
    assert client.get(path).status_code == 200


@pytest.mark.usefixtures("known")
def test_a_page_in_another_script_has_its_own_address(client: FlaskClient) -> None:
    """An address of any script needs no other way to write it."""
    assert "#音楽: 1,424 tweets" in client.get("/tags/音楽").text


@pytest.mark.usefixtures("known")
def test_the_numbers_are_those_of_the_page(client: FlaskClient) -> None:
    """Machines read what people read."""
    data = client.get("/tags/budget.json").json

    assert data
    assert {**data, "days": data["days"][-2:]} == {
        "hashtag": "Budget",
        "key": "budget",
        "zone": "UTC",
        "retweets": True,
        "until": "2026-11-20",
        "first_seen": "2026-11-19",
        "best": {"rank": 1, "day": "2026-11-20"},
        "days_in_top_ten": 1,
        "spellings": [{"spelling": "Budget", "tweets": 900}, {"spelling": "budget", "tweets": 512}],
        "companions": [{"hashtag": "Tax", "tweets": 120}],
        "days": [
            {"day": "2026-11-19", "observed_share": 1.0, "tweets": 12, "authors": 10, "rank": 14},
            {"day": "2026-11-20", "observed_share": 1.0, "tweets": 1412, "authors": 903, "rank": 1},
        ],
    }


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "written",
    [
        pytest.param("nobody", id="unknown"),
        pytest.param("nobody.json", id="unknown numbers"),
        pytest.param("%23", id="a sign alone"),
        pytest.param("two%20words", id="a space"),
        pytest.param("x" * 281, id="longer than a tweet"),
        pytest.param("a%00b", id="a control sign"),
        pytest.param("%ff%fe", id="no text at all"),
        pytest.param("%E2%80%AEgnp", id="turned around"),
        pytest.param("..%2f..%2fsubscribers%2fa", id="a way out"),
        pytest.param("%3Cimg%20src%3Dx%3E", id="markup"),
    ],
)
def test_what_nobody_uses_has_no_page(client: FlaskClient, written: str) -> None:
    """Whatever is asked for, the answer says what to do, is not kept, and holds no markup of the asker."""
    answer = client.get(f"/tags/{written}")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<a href="/tags/">find a hashtag</a>' in answer.text
    assert "<img" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.usefixtures("known")
def test_a_hostile_hashtag_is_text(client: FlaskClient) -> None:
    """A hashtag of markup has a page that shows it, and no script of its own."""
    text = client.get("/tags/%3Cscript%3E").text

    assert "#&lt;script&gt;: 1,424 tweets" in text
    assert "<script>" not in text


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("Budget", "/tags/budget"),
        (" #CAFÉ ", "/tags/caf%C3%A9"),
        ("a b", "/tags/"),
        ("", "/tags/"),
        ("x" * 300, "/tags/"),
        ("//evil.example", "/tags/%2F%2Fevil.example"),
    ],
)
def test_the_form_leads_to_a_page(client: FlaskClient, asked: str, path: str) -> None:
    """What is typed leads to the hashtag's address, and never to another host."""
    answer = client.get("/find", query_string={"tag": asked})

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("known")
def test_the_front_leads_to_the_newest_hashtags(client: FlaskClient) -> None:
    """The newest counted day's first hashtags are links, most used first."""
    text = client.get("/tags/").text

    assert "Most used on Friday, 20 November 2026, a day of UTC" in text
    assert text.index('href="/tags/budget"') < text.index('href="/tags/caf%C3%A9"')


def test_before_the_first_day_the_front_is_a_page(client: FlaskClient) -> None:
    """Without counts the form stands, and a hashtag is not found."""
    assert "No day has been counted yet" in client.get("/tags/").text
    assert client.get("/tags/budget").status_code == 404


@pytest.mark.usefixtures("known")
def test_pages_come_from_one_read(storage: FragileStorage, client: FlaskClient) -> None:
    """A page, its numbers and the unknown neighbours in its shard cost one read of storage together."""
    neighbour = next(f"x{at}" for at in range(1000) if shard_of(f"x{at}") == shard_of("budget"))
    storage.reads = 0
    for path in ("/tags/budget", "/tags/budget.json", f"/tags/{neighbour}", "/tags/Budget"):
        client.get(path)

    assert storage.reads == 1


def test_what_is_missing_is_asked_for_once(storage: FragileStorage, client: FlaskClient) -> None:
    """Made-up hashtags cannot keep storage busy, not even before there is a shard."""
    for _ in range(5):
        client.get("/tags/budget")

    assert storage.reads == 1


@pytest.mark.usefixtures("known")
def test_a_page_outlives_storage(storage: FragileStorage, client: FlaskClient) -> None:
    """A shard that was read once is shown while storage is away; another is a fault that can pass."""
    client.get("/tags/budget")
    storage.is_cut_off = True

    assert client.get("/tags/budget").status_code == 200
    assert client.get("/tags/café").status_code == 503


def test_a_spoilt_shard_is_a_fault_of_storage(storage: FragileStorage, client: FlaskClient) -> None:
    """What cannot be read is said to be so, and not that there is no such hashtag."""
    storage.put(hashtag_shard("UTC", shard_of("budget")), b'{"version": 1}')
    storage.put(hashtag_index("UTC"), b"[]")

    assert client.get("/tags/budget").status_code == 503
    assert client.get("/tags/").status_code == 503


@pytest.mark.usefixtures("known")
def test_a_page_is_drawn_once(storage: FragileStorage) -> None:
    """While its shard is the same, a page is the same in memory."""
    histories = Histories(storage, "UTC", max_age_seconds=0)

    assert histories.page("budget") is histories.page("budget")
    assert histories.front() is histories.front()


def test_a_hashtag_that_runs_left_leaves_its_sentence_alone(client: FlaskClient) -> None:
    """Where there is no history, too, the words around it stay where they are."""
    assert "There is no history of \u2068#خبر\u2069" in client.get("/tags/خبر").text


def test_a_new_day_shows_within_its_time(storage: FragileStorage) -> None:
    """A shard is read again when it is old, and the page with it."""
    histories = Histories(storage, "UTC", max_age_seconds=0)
    before = a_history()
    keep(storage, {"budget": before}, observed_days(2))
    assert b"1,424 tweets" in histories.page("budget").body
    keep(storage, {"budget": replace(before, uses=before.uses[1:])}, observed_days(2))

    assert b"#Budget: 1,412 tweets" in histories.page("budget").body
    assert str(LAST) in histories.data("budget").body.decode()
