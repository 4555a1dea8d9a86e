"""Rules for the addresses of reports."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.builds import Build
from tests.some_editions import FragileStorage, publish, save_draft, some_files

IMMUTABLE = "public, max-age=31536000, immutable"


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

    assert builds == [Build.EDITIONS]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert "The first report is being built" in answer.text


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
        pytest.param("/editions/2026-11-20/r1/", "first", id="an older revision stays"),
        pytest.param("/editions/2026-11-20/r2/", "corrected", id="a revision"),
        pytest.param("/editions/2026-11-19/", "older", id="an older day"),
    ],
)
def test_each_edition_has_its_address(
    storage: FragileStorage, client: FlaskClient, address: str, page: str
) -> None:
    """Days lead to their last revision, revisions to themselves."""
    publish(storage, "older", date(2026, 11, 19))
    publish(storage, "first")
    publish(storage, "corrected", revision=2)

    assert client.get(address).data == some_files(page)["page.html"].body


@pytest.mark.parametrize("name", list(some_files()))
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
    assert builds == [Build.TODAY]


def test_yesterdays_draft_is_not_today(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """Under "today so far" stands today, or a word that it is coming."""
    save_draft(storage, "20200101T2359Z", day=date(2020, 1, 1))

    assert client.get("/today").status_code == 503
    assert builds == [Build.TODAY]


def test_a_new_day_is_asked_for_and_the_old_one_shown(
    storage: FragileStorage, client: FlaskClient, builds: list[Build]
) -> None:
    """Without cron the newest report would stay the first one for ever."""
    publish(storage, "old news", day=date(2020, 1, 1))

    assert b"old news" in client.get("/").data
    assert builds == [Build.EDITIONS]


def test_a_missing_draft_is_asked_for(client: FlaskClient, builds: list[Build]) -> None:
    """With no draft at all, the page starts one and looks again by itself."""
    assert client.get("/today").status_code == 503
    assert builds == [Build.TODAY]


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
