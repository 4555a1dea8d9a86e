"""Rules for what a run does with all that is due, from readers to letters and back to the owner."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.__main__ import cli
from mailer.heartbeats import last_beat
from mailer.ledger import Entry, Occasion, State, claim
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.addresses import reader_key
from report.alert_states import states
from report.editions import newest_of
from report.runs import Run
from report.suppressions import suppress
from tests.mail_builders import HTML, a_frozen_edition, collect_at_noon
from tests.mail_house import ANN, BOB, CYD, FIVE, OWNER, QUARTER_PAST, House, furnished, words_of
from tests.s3_server import variables_of


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with the edition of 20 November, in a folder."""
    monkeypatch.chdir(tmp_path)
    storage = DirectoryStorage(tmp_path / "data")
    return furnished(House(tmp_path, storage, STORAGE_URL=f"file:{tmp_path}/data"))


@pytest.fixture(params=["folder", "S3"])
def any_house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The same, in a folder and in S3."""
    if request.param == "folder":
        return request.getfixturevalue("house")  # type: ignore[no-any-return]
    monkeypatch.chdir(tmp_path)
    bucket, client = request.getfixturevalue("bucket"), request.getfixturevalue("s3")
    variables = variables_of(request.getfixturevalue("s3_endpoint"))
    return furnished(House(tmp_path, S3Storage(client, bucket), STORAGE_URL=f"s3://{bucket}", **variables))


@pytest.mark.parametrize(
    ("moved_to", "reached"),
    [
        pytest.param("04:00", [[ANN], [], []], id="to an hour that is over"),
        pytest.param("00:00", [[ANN], [], []], id="to an hour too long over"),
        pytest.param("05:10", [[], [], [ANN]], id="to a later hour"),
    ],
)
def test_a_changed_mail_at_loses_nobody_s_mail(house: House, moved_to: str, reached: list[list[str]]) -> None:
    """What the new hour has passed is mailed at the next run, the rest at its own; each day once."""
    house.send("2026-11-21T04:15Z")
    planned = house.run("plan", "--at", "2026-11-21T04:30Z", MAIL_AT=moved_to).stdout
    times = ("04:30", "05:00", "05:15")
    found = [house.send(f"2026-11-21T{time}Z", MAIL_AT=moved_to) and house.reached() for time in times]

    assert found == reached
    assert ("due now" in planned) == (reached[0] == [ANN])


def test_what_a_changed_mail_at_leaves_out_is_told(house: House) -> None:
    """While the mail cannot leave it stays due; when its hours are over the owner hears who is without."""
    house.send("2026-11-21T04:15Z")
    away = {"MAIL_AT": "00:00", "SMTP_URL": "smtp://127.0.0.1:1"}
    for time in ("04:30", "06:30"):
        house.send(f"2026-11-21T{time}Z", **away)
    house.letters()
    house.send("2026-11-21T08:30Z", MAIL_AT="00:00")

    assert f"without it: {ANN}" in house.told()


@pytest.mark.parametrize("at", ["2026-11-22T05:00Z", "2026-11-20T05:00Z"], ids=["to come", "over"])
def test_another_time_says_what_is_due_and_nothing_else(house: House, at: str) -> None:
    """What a run leaves behind for the next ones, and tells, goes by the real clock."""
    house.send(QUARTER_PAST, MAIL_TO="nobody")
    last = last_beat(house.storage)
    clock = datetime.fromisoformat("2026-11-21T05:30Z")
    CliRunner().invoke(cli, ["send", "--at", at], env=house.settings, obj=lambda: clock)
    after = last_beat(house.storage)

    assert last is not None
    assert after is not None
    assert last.at <= after.at <= clock
    raised = [episode for state in states(house.storage).values() for episode in state.raised.values()]
    assert {episode.since for episode in raised} <= {clock}


def test_each_reader_is_mailed_by_the_reader_s_own_clock(any_house: House) -> None:
    """Five o'clock comes to Paris before London; one edition serves both, and nobody gets two."""
    any_house.subscribe(BOB, "daily 05:00", "Europe/Paris")
    any_house.subscribe(CYD, "daily 06:30", "Europe/London")

    times = ("03:45", "04:00", "04:15", "05:00", "06:30", "06:45")
    found = [any_house.send(f"2026-11-21T{time}Z").exit_code or any_house.reached() for time in times]

    assert found == [[], [BOB], [], [ANN], [CYD], []]


def test_nobody_gets_what_was_due_before_joining(house: House) -> None:
    """Whoever subscribes at noon gets the next morning's mail first."""
    house.run("readers", "add", BOB, "--rhythm", "daily 05:00")

    house.send(FIVE)

    assert house.reached() == [ANN]


def test_who_asked_for_no_more_mail_gets_none_by_any_way(house: House) -> None:
    """Not at five, and not by hand; it is said, and is no failure."""
    house.run("readers", "remove", ANN)
    _suppress(house, ANN)

    by_clock = house.send(FIVE)
    by_hand = house.send(FIVE, "--to", ANN)

    assert (by_clock.exit_code, by_hand.exit_code, house.reached()) == (0, 0, [])


def _suppress(house: House, address: str) -> None:
    suppress(house.storage, reader_key(address), "trends", "page", datetime(2026, 11, 1, tzinfo=UTC))


def test_a_report_that_cannot_be_built_keeps_nobody_from_another(house: House) -> None:
    """The owner is told which, once; the others have their mail."""
    house.subscribe(BOB, "daily 05:00")
    house.rewrite(BOB, reports=["planets"])

    first, told = house.send(FIVE), house.letters()
    again = house.send(QUARTER_PAST)

    assert [str(letter["To"]) for letter in told] == [ANN, OWNER]
    assert "planets 2026-11-20 could not be built: there is no report named" in told[1].get_content()
    assert (first.exit_code, again.exit_code, house.reached()) == (1, 1, [])


def test_a_report_that_is_gone_keeps_nobody_from_another(house: House) -> None:
    """Its readers had its mail before an upgrade took it away: there is nothing left to do for them."""
    house.subscribe(BOB, "daily 05:00")
    house.rewrite(BOB, reports=["planets"])
    had = Entry(State.ACCEPTED, datetime.fromisoformat(FIVE), Run("host", 7, "a"), "<x@example.org>", 1)
    claim(house.storage, Occasion("planets", "2026-11-20").entry_key(BOB), had, "")

    house.send(QUARTER_PAST)

    assert ANN in house.reached()


def test_a_mail_of_too_few_minutes_waits_for_data(house: House) -> None:
    """It is held and the owner told; when the edition is made anew with more, it goes."""
    a_frozen_edition(house.storage, revision=2, coverage=0.31)
    held = house.send(FIVE)
    told = house.told()
    a_frozen_edition(house.storage, revision=3, coverage=0.8)
    house.send(QUARTER_PAST)

    assert held.exit_code == 0
    assert "31 % of the minutes were observed, MAIL_HOLD_BELOW asks for 50 %" in told
    assert house.reached() == [ANN]


def test_a_mail_that_was_held_too_long_is_late(house: House) -> None:
    """After MAIL_LATE_HOURS no data helps it any more, and the owner knows who is without."""
    a_frozen_edition(house.storage, revision=2, coverage=0.31)
    house.send("2026-11-21T09:00Z")
    house.letters()
    a_frozen_edition(house.storage, revision=3, coverage=0.8)
    house.send("2026-11-21T09:15Z")
    told = house.letters()

    assert [str(letter["To"]) for letter in told] == [OWNER]
    assert "more than 4 hours ago: the report is published, not mailed; without it: ann@" in words_of(told)


def test_an_empty_day_is_mailed(house: House) -> None:
    """That nothing was collected is the news, whatever share of minutes was seen."""
    a_frozen_edition(house.storage, revision=2, coverage=0.0, is_empty=True)

    house.send(FIVE)

    assert house.reached() == [ANN]


def test_a_mail_that_breaks_a_rule_is_told_instead_of_sent(house: House) -> None:
    """Nobody is claimed; when a sound revision stands, everybody gets it."""
    a_frozen_edition(house.storage, revision=2, html=HTML.replace("<p>", "<script>x()</script><p>"))
    broken = house.send(FIVE)
    told = house.letters()
    a_frozen_edition(house.storage, revision=3)
    house.send(QUARTER_PAST)

    assert (broken.exit_code, [str(letter["To"]) for letter in told]) == (1, [OWNER])
    assert "would not arrive as it should: The HTML has a <script>" in words_of(told)
    assert house.reached() == [ANN]


def test_what_is_too_late_is_published_and_told_once(any_house: House) -> None:
    """Whoever had the mail is not in the list, and the run after says nothing more."""
    any_house.settings["MAIL_TO"] = f"{ANN},{BOB}"
    any_house.send("2026-11-21T04:45Z")
    any_house.send("2026-11-21T04:50Z", "--to", BOB)
    any_house.letters()
    late = any_house.send("2026-11-21T11:00Z")
    told = words_of(any_house.letters())
    again = any_house.send("2026-11-21T11:15Z")

    assert (late.exit_code, again.exit_code) == (0, 0)
    assert "trends 2026-11-20 was due at 05:00 UTC" in told
    assert ANN in told
    assert BOB not in told
    assert any_house.reached() == []


def test_a_first_run_ever_alarms_nobody(house: House) -> None:
    """Installed at noon, it publishes what was due at five and waits for tomorrow."""
    collect_at_noon(house.storage, date(2026, 11, 19))
    result = house.send("2026-11-20T12:00Z")

    assert (result.exit_code, house.reached()) == (0, [])
    assert result.stdout == "nothing is due until 2026-11-21 05:00 UTC\n"
    assert newest_of(house.storage, "trends", "2026-11-19").revision == 1


def test_before_the_first_tweet_nobody_is_mailed(house: House) -> None:
    """A storage mistyped, or a collector that never ran: the owner is told, and readers get no empty news."""
    result = house.send("2026-11-20T05:00Z")

    assert (result.exit_code, list(house.storage.list("editions/trends/2026-11-19/"))) == (1, [])
    [letter] = house.letters()
    assert letter["To"] == OWNER
    assert "trends 2026-11-19 could not be built: no tweet was ever collected" in words_of([letter])


def test_the_first_run_after_an_outage_tells_what_passed(house: House) -> None:
    """Nothing ran for two days: two mornings of one reader, and the hours of another."""
    house.subscribe(BOB, "hourly")
    house.send("2026-11-18T04:30Z")
    house.letters()

    house.send("2026-11-20T04:30Z")

    told = house.told()
    assert "47 hourly mails left out: nothing ran from 2026-11-18 04:30 UTC" in told
    assert "trends 2026-11-17 was due at 05:00 UTC" in told
    assert "trends 2026-11-18 was due at 05:00 UTC" in told
    assert "trends 2026-11-19" not in told


@pytest.mark.parametrize(
    ("wanted", "ranking", "reached"),
    [
        pytest.param("true", ("rain", "budget"), [ANN], id="the top changed"),
        pytest.param("true", ("budget", "rain"), [], id="the top is the same"),
        pytest.param("false", ("rain", "budget"), [], id="nobody wants corrections"),
    ],
)
def test_late_tweets_are_mailed_again_only_where_they_change_the_top(
    house: House, wanted: str, ranking: tuple[str, ...], reached: list[str]
) -> None:
    """And only where MAIL_CORRECTIONS asks for it: once, with a subject that says so."""
    house.settings["MAIL_CORRECTIONS"] = wanted
    house.send(FIVE)
    first = house.letters()
    a_frozen_edition(house.storage, revision=2, ranking=ranking, coverage=0.99)
    house.send(QUARTER_PAST)
    corrections = house.letters()
    a_frozen_edition(house.storage, revision=3, ranking=("snow",), coverage=1.0)
    house.send("2026-11-21T05:30Z")

    assert [str(letter["Subject"]) for letter in first] == ["Twitter Trends"]
    assert [str(letter["To"]) for letter in corrections] == reached
    assert {str(letter["Subject"]) for letter in corrections} <= {"Correction: Twitter Trends, 2026-11-20"}
    assert {str(it["Message-ID"]) for it in first}.isdisjoint({str(it["Message-ID"]) for it in corrections})
    assert not reached or house.reached() == []


def test_who_was_not_mailed_yet_gets_no_correction(any_house: House) -> None:
    """Only what somebody read can be corrected: a later zone gets the second revision as its mail."""
    any_house.subscribe(BOB, "daily 06:00")
    any_house.settings["MAIL_CORRECTIONS"] = "true"
    any_house.send(FIVE)
    a_frozen_edition(any_house.storage, revision=2, ranking=("rain",), coverage=0.99)
    any_house.letters()

    any_house.send("2026-11-21T06:00Z")

    subjects = {str(letter["To"]): str(letter["Subject"]) for letter in any_house.letters()}
    assert subjects == {ANN: "Correction: Twitter Trends, 2026-11-20", BOB: "Twitter Trends"}


def test_that_no_link_leads_out_is_said_once_a_run(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """However many get the mail, by the clock or by hand; a dry run says it before."""
    house.settings["MAIL_TO"] = f"{ANN},{BOB}"
    found = []
    for words in (["--dry-run"], [], [], ["--to", CYD], ["--to", OWNER]):
        caplog.clear()
        house.send(FIVE, *words, SECRET_KEY="0123456789abcdef" if OWNER in words else "")
        found.append(caplog.text.count("SECRET_KEY is not set, so nobody can unsubscribe"))

    assert found == [1, 1, 0, 1, 0]


def test_by_hand_any_period_goes_even_if_it_would_be_held(house: House) -> None:
    """Who names a reader has decided; the ledger still keeps it to one mail."""
    a_frozen_edition(house.storage, revision=2, coverage=0.1)

    codes = [house.send(FIVE, "--to", ANN, "--period", "2026-11-20").exit_code for _ in range(2)]

    assert (codes, house.reached()) == ([0, 0], [ANN])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("--period", "2026-W46"), "name somebody", id="for nobody"),
        pytest.param(("--to", ANN, "--report", "../x"), "'../x' is not", id="no report"),
        pytest.param(("--to", ANN, "--period", "W46"), "'W46' names no period", id="no period"),
        pytest.param(("--to", ANN, "--period", "2026-W47"), "2026-W47 is not over in UTC", id="not over"),
    ],
)
def test_a_period_that_cannot_be_sent_is_said(house: House, arguments: tuple[str, ...], words: str) -> None:
    """Wrong usage ends with 2, before anything is done."""
    result = house.send(FIVE, *arguments)

    assert (result.exit_code, house.reached()) == (2, [])
    assert words in result.stderr


def test_with_nobody_to_mail_the_report_is_published_all_the_same(house: House) -> None:
    """MAIL_TO may be nobody: pages wait for the morning's edition too."""
    collect_at_noon(house.storage, date(2026, 11, 19))
    result = house.send("2026-11-20T05:00Z", MAIL_TO="nobody")

    assert result.stdout == "nobody is to be mailed: MAIL_TO is nobody, and nobody subscribed\n"
    assert newest_of(house.storage, "trends", "2026-11-19").revision == 1


def test_storage_that_fails_is_told(house: House) -> None:
    """The owner hears of it even though storage cannot remember that."""
    house.settings["STORAGE_URL"] = "file:blocked/data"
    (house.folder / "blocked").touch()

    result = house.send(FIVE)

    assert result.exit_code == 1
    assert "blocked" in house.told()


def test_the_plan_is_what_the_run_does(any_house: House) -> None:
    """Who is due now in the plan is who the run mails, and planning leaves storage as it was."""
    collect_at_noon(any_house.storage, date(2026, 11, 15))
    any_house.subscribe(BOB, "daily 05:00", "Europe/Paris")
    any_house.subscribe(CYD, "weekly sat 05:00")
    before = {info.key: info.etag for info in any_house.storage.list("")}
    planned = json.loads(any_house.run("plan", "--at", FIVE, "--format", "json").stdout)

    assert {info.key: info.etag for info in any_house.storage.list("")} == before
    due = [(mail["reader"], mail["period"]) for mail in planned if mail["state"] == "due now"]
    assert due == [(BOB, "2026-11-20"), (ANN, "2026-11-20"), (CYD, "2026-W46")]
    any_house.send(FIVE)
    assert sorted(reader for reader, _ in due) == any_house.reached()


def test_a_plan_shows_what_was_sent_and_what_is_to_come(house: House) -> None:
    """One line for the readers of an edition, hour and zone; a line each with --readers."""
    house.subscribe(BOB, "daily 05:00", "Asia/Kolkata")
    house.send(FIVE)

    lines = house.run("plan", "--at", QUARTER_PAST).stdout.splitlines()
    by_reader = house.run("plan", "--at", QUARTER_PAST, "--readers").stdout.splitlines()

    assert lines == [
        "due (UTC)         there      zone          report  period      readers: state",
        "2026-11-21 05:00  Sat 05:00  UTC           trends  2026-11-20  1 already sent",
        "2026-11-21 23:30  Sun 05:00  Asia/Kolkata  trends  2026-11-20  1 to come",
        "2026-11-22 05:00  Sun 05:00  UTC           trends  2026-11-21  1 to come",
    ]
    assert [line[63:] for line in by_reader[1:]] == [
        f"{ANN}: already sent",
        f"{BOB}: to come",
        f"{ANN}: to come",
    ]
