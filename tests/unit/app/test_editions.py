"""Rules for the addresses of reports."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import create_environ

from app.builds import Build
from app.routes import ROUTE, WAITING
from tests.some_editions import FragileStorage, publish, save_draft, some_files

IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "public, max-age=60, stale-while-revalidate=600"


def test_the_front_page_is_the_newest_edition_byte_for_byte(
    storage: FragileStorage, client: FlaskClient
) -> None:
    """`/` sends the newest edition's page as it was frozen."""
    publish(storage, "yesterday", date(2026, 11, 19))
    publish(storage, "today")

    assert client.get("/").data == some_files("today")["page.html"].body


def test_a_missing_first_report_is_asked_for_once_seen(client: FlaskClient, builds: list[Build]) -> None:
    """With no edition yet, the front page starts the build and looks again by itself."""
    answer = client.get("/")

    assert builds == [Build("trends")]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert "The first report is being built" in answer.text


def test_waiting_is_no_answer_of_the_page_that_was_wanted(app: Flask) -> None:
    """It is counted apart, so that no alarm takes a report that is being built for a failure."""
    for path, route in (("/", WAITING), ("/today", WAITING), ("/tags/", "/tags/")):
        asked = create_environ(path)
        app(asked, lambda *_: lambda _: None)
        assert asked[ROUTE] == route


def test_a_report_appears_without_a_restart(storage: FragileStorage, client: FlaskClient) -> None:
    """A front page that had nothing to show shows the first edition as soon as it is there."""
    client.get("/")
    publish(storage)

    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("address", "page"),
    [
        pytest.param("/editions/2026-11-20/", "corrected", id="a day shows its last revision"),
        pytest.param("/editions/2026-11-20/page.html", "corrected", id="a day's file, of its last revision"),
        pytest.param("/editions/2026-11-20/r2/", "corrected", id="a revision"),
        pytest.param("/editions/2026-11-19/", "older", id="an older day"),
        pytest.param("/editions/2026-W46/", "a week", id="a week"),
        pytest.param("/editions/2026-W46/r1/", "a week", id="a week's revision"),
        pytest.param("/editions/2026-11-20T0730Z/", "an hour", id="a day so far"),
    ],
)
def test_each_edition_has_its_address(
    storage: FragileStorage, client: FlaskClient, address: str, page: str
) -> None:
    """Days lead to their last revision, revisions to themselves."""
    publish(storage, "older", date(2026, 11, 19))
    publish(storage, "first")
    publish(storage, "corrected", revision=2)
    publish(storage, "a week", date(2026, 11, 15), period="2026-W46")
    publish(storage, "an hour", period="2026-11-20T0730Z")

    assert client.get(address).data == some_files(page)["page.html"].body


@pytest.mark.parametrize("period", ["2026-11-31", "2026-W54", "2026-11-20T2460Z", "2026-W47-1", "20261120"])
def test_what_is_in_no_calendar_has_no_address(
    storage: FragileStorage, client: FlaskClient, period: str
) -> None:
    """Storage is not asked for nonsense, even where something lies under that name."""
    storage.put(f"editions/trends/{period}/r1/manifest.json", b"{}")
    reads = storage.reads

    assert {client.get(f"/editions/{period}/{rest}").status_code for rest in ("", "r1/")} == {404}
    assert storage.reads == reads


def test_the_page_of_an_old_revision_leads_to_the_newest(
    storage: FragileStorage, client: FlaskClient, restarted: FlaskClient
) -> None:
    """Whoever kept an old link is told so before the report begins, in the page itself; no more differs."""
    publish(storage, "first")
    before = client.get("/editions/2026-11-20/r1/").data
    publish(storage, "corrected", revision=2)
    after = restarted.get("/editions/2026-11-20/r1/")
    banner = (
        'A newer version of this report stands at <a href="/editions/2026-11-20/">/editions/2026-11-20/</a>.'
    )

    assert before == storage.get("editions/trends/2026-11-20/r1/page.html")
    assert banner in after.text
    start, end = after.text.split('<p role="note"')[0], after.text.split(banner + "</p>")[1]
    assert (start + end).encode() == before
    assert after.text.index("<main") < after.text.index(banner) < after.text.index("first")


def test_the_page_of_a_revision_is_asked_for_again(
    storage: FragileStorage, client: FlaskClient, restarted: FlaskClient
) -> None:
    """Kept for ever, it could not say that a newer one stands; its tag changes when it does."""
    publish(storage, "first")
    first = client.get("/editions/2026-11-20/r1/")
    publish(storage, "corrected", revision=2)
    second = restarted.get("/editions/2026-11-20/r1/")

    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == FRESH
    assert first.headers["ETag"] != second.headers["ETag"]


def test_the_newest_page_has_no_banner(storage: FragileStorage, client: FlaskClient) -> None:
    """Under each of its addresses it is what was frozen."""
    publish(storage, "first")
    publish(storage, "corrected", revision=2)
    frozen = some_files("corrected")["page.html"].body

    for address in (
        "/",
        "/editions/2026-11-20/",
        "/editions/2026-11-20/r2/",
        "/editions/2026-11-20/r2/page.html",
    ):
        assert client.get(address).data == frozen, address


def test_an_old_revision_is_shown_where_the_newest_cannot_be_known(
    storage: FragileStorage, client: FlaskClient
) -> None:
    """A page without the word that a newer one stands is better than no page."""
    publish(storage, "week", date(2026, 11, 15), period="2026-W46")
    client.get("/editions/2026-W46/r1/page.html")
    storage.is_cut_off = True

    assert client.get("/editions/2026-W46/r1/").status_code == 200


@pytest.mark.parametrize("name", [name for name in some_files() if name != "page.html"])
def test_every_file_of_an_edition_is_served_for_ever(
    storage: FragileStorage, client: FlaskClient, name: str
) -> None:
    """A revision's files never change, so browsers may keep them."""
    publish(storage)

    answer = client.get(f"/editions/2026-11-20/r1/{name}")

    assert answer.data == some_files()[name].body
    assert answer.headers["Content-Type"] == some_files()[name].content_type
    assert answer.headers["Cache-Control"] == IMMUTABLE


def test_the_newest_numbers_have_a_fixed_address(storage: FragileStorage, client: FlaskClient) -> None:
    """`/latest.json` is the newest edition's data."""
    publish(storage)

    assert client.get("/latest.json").json == {"report": "trends"}


def test_a_csv_is_saved_under_a_name_that_says_the_day(storage: FragileStorage, client: FlaskClient) -> None:
    """A downloaded table can be told from another day's."""
    publish(storage)

    answer = client.get("/editions/2026-11-20/top-hashtags.csv")

    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=trends-2026-11-20-top-hashtags.csv"
    )


def test_a_mail_is_shown_in_a_sandbox(storage: FragileStorage, client: FlaskClient) -> None:
    """HTML that is not our page runs nothing and loads nothing."""
    publish(storage)

    policy = client.get("/editions/2026-11-20/mail.html").headers["Content-Security-Policy"]

    assert policy.endswith("; sandbox")
    assert "script-src" not in policy


def test_only_files_the_manifest_names_are_served(storage: FragileStorage, client: FlaskClient) -> None:
    """Whatever else lies in storage, beside an edition or elsewhere, has no address."""
    publish(storage)
    storage.put("editions/trends/2026-11-20/r1/notes.txt", b"private")
    storage.put("subscribers/a.json", b"private")

    names = [
        "notes.txt",
        "manifest.json",
        "..%2f..%2f..%2f..%2fsubscribers%2fa.json",
        "../../../../subscribers/a.json",
    ]

    assert {client.get(f"/editions/2026-11-20/r1/{name}").status_code for name in names} == {404}


def test_an_unfinished_edition_does_not_exist(storage: FragileStorage, client: FlaskClient) -> None:
    """Files without a manifest are no edition."""
    storage.put("editions/trends/2026-11-20/r1/page.html", b"half")

    assert client.get("/editions/2026-11-20/").status_code == 404
    assert client.get("/editions/2026-11-20/r1/").status_code == 404


def test_the_archive_lists_days_newest_first(storage: FragileStorage, client: FlaskClient) -> None:
    """Every day that has an edition is linked, by month."""
    publish(storage, day=date(2026, 10, 31))
    publish(storage)

    text = client.get("/editions/").text

    assert text.index("November 2026") < text.index("/editions/2026-11-20/") < text.index("October 2026")
    assert '<a href="/editions/2026-10-31/">Saturday 31</a>' in text


def test_the_archive_lists_weeks_too(storage: FragileStorage, client: FlaskClient) -> None:
    """A week stands in the month it ends in, above its Sunday; a day so far is not there."""
    publish(storage, day=date(2026, 11, 1))
    publish(storage, day=date(2026, 11, 1), period="2026-W44")
    publish(storage, period="2026-11-20T0730Z")
    text = client.get("/editions/").text
    week = '<a href="/editions/2026-W44/"><strong>Week 44, 26 October to 1 November 2026</strong></a>'

    assert text.index("November 2026") < text.index(week) < text.index("Sunday 1")
    assert "October 2026</h2>" not in text
    assert "T0730Z" not in text


def test_a_week_or_an_hour_is_never_the_newest(storage: FragileStorage, client: FlaskClient) -> None:
    """The front page shows a whole day."""
    publish(storage, "a day")
    publish(storage, "a week", date(2026, 11, 22), period="2026-W47")
    publish(storage, "an hour", date(2026, 11, 21), period="2026-11-21T0730Z")

    assert client.get("/").data == some_files("a day")["page.html"].body


def test_the_archive_leaves_out_what_is_no_day(storage: FragileStorage, client: FlaskClient) -> None:
    """A folder of another name among the days is nobody's edition, and breaks nothing."""
    publish(storage)
    storage.put("editions/trends/old copies/r1/page.html", b"")

    assert "old copies" not in client.get("/editions/").text


def test_the_archive_is_a_page_before_there_is_an_edition(client: FlaskClient) -> None:
    """An empty archive says so."""
    assert "There is none yet." in client.get("/editions/").text


def test_a_fresh_draft_is_shown_as_it_is(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """A draft of the last minutes is not built again."""
    save_draft(storage, _minutes_ago(1), day=datetime.now(UTC).date())

    assert client.get("/today").data == some_files("so far")["page.html"].body
    assert builds == []


def test_an_old_draft_is_shown_while_the_next_is_built(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """Nobody waits for a build when an older draft can be shown."""
    save_draft(storage, _minutes_ago(7), day=datetime.now(UTC).date())

    assert client.get("/today").data == some_files("so far")["page.html"].body
    assert builds == [Build("trends", is_today=True)]


def test_yesterdays_draft_is_not_today(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """Under "today so far" stands today, or a word that it is coming."""
    save_draft(storage, "20200101T2359Z", day=date(2020, 1, 1))

    assert client.get("/today").status_code == 503
    assert builds == [Build("trends", is_today=True)]


def test_a_new_day_is_asked_for_and_the_old_one_shown(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """Without cron the newest report would stay the first one for ever."""
    publish(storage, "old news", day=date(2020, 1, 1))

    assert b"old news" in client.get("/").data
    assert builds == [Build("trends")]


def test_a_missing_draft_is_asked_for(client: FlaskClient, builds: list[Build]) -> None:
    """With no draft at all, the page starts one and looks again by itself."""
    assert client.get("/today").status_code == 503
    assert builds == [Build("trends", is_today=True)]


def test_a_draft_s_files_have_their_own_address(storage: FragileStorage, client: FlaskClient) -> None:
    """A draft's page names its pictures by the minute it was made."""
    save_draft(storage, "20261120T1305Z")

    assert client.get("/drafts/20261120T1305Z/hours.png").data == some_files()["hours.png"].body
    assert client.get("/drafts/20261120T1306Z/hours.png").status_code == 404


def test_files_of_storage_that_changed_are_refused(storage: FragileStorage, client: FlaskClient) -> None:
    """A file that is not what the manifest says is not shown as if it were."""
    publish(storage)
    storage.put("editions/trends/2026-11-20/r1/data.json", b"tampered")

    assert client.get("/editions/2026-11-20/r1/data.json").status_code == 503


def _minutes_ago(minutes: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y%m%dT%H%MZ}"
