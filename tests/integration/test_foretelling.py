"""Rules for what a plan and a dry run say: what a run at that moment would do."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.__main__ import cli
from report.adapters.directory_storage import DirectoryStorage
from report.editions import newest_of
from tests.mail_builders import a_frozen_edition
from tests.mail_house import ANN, BOB, CYD, FIVE, OWNER, QUARTER_PAST, House, furnished, words_of


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with the edition of 20 November, in a folder."""
    monkeypatch.chdir(tmp_path)
    storage = DirectoryStorage(tmp_path / "data")
    return furnished(House(tmp_path, storage, STORAGE_URL=f"file:{tmp_path}/data"))


@pytest.mark.parametrize(
    ("edition", "words"),
    [
        pytest.param({"coverage": 0.31}, "held for want of data", id="too few minutes"),
        pytest.param({"html": "<p><script>x()</script></p>"}, "not fit to be sent", id="a rule is broken"),
    ],
)
def test_a_plan_says_what_holds_a_mail_back(house: House, edition: dict[str, Any], words: str) -> None:
    """By the edition that stands; nothing is built for it. A dry run says the same, and so the run does."""
    a_frozen_edition(house.storage, revision=2, **edition)

    assert f"1 {words}" in house.run("plan", "--at", FIVE).stdout
    assert f"{words}: trends 2026-11-20 to {ANN}" in house.send(FIVE, "--dry-run").stdout
    house.send(FIVE)
    assert house.reached() == [OWNER]


def test_a_plan_says_who_is_to_get_a_correction(house: House) -> None:
    """Who had the mail gets one where the top is another now; who had it too gets no second."""
    house.settings |= {"MAIL_CORRECTIONS": "true", "MAIL_TO": f"{ANN},{BOB}"}
    house.send(FIVE, "--to", ANN)
    a_frozen_edition(house.storage, revision=2, ranking=("rain",), coverage=0.99)

    found = [house.run("plan", "--at", QUARTER_PAST).stdout, house.send(QUARTER_PAST, "--dry-run").stdout]
    house.send(QUARTER_PAST)
    found.append(house.send(QUARTER_PAST, "--dry-run").stdout)

    assert "2026-11-20  correction: 1 due now" in found[0]
    assert found[1].splitlines() == [
        f"already sent, nothing to do: trends 2026-11-20 to {ANN}",
        f"would send trends 2026-11-20 to {BOB}",
        f"would send trends 2026-11-20, correction 1 to {ANN}",
    ]
    assert {line.partition(":")[0] for line in found[2].splitlines()} == {"already sent, nothing to do"}


def test_a_line_for_each_reader_stands_in_order_of_time(house: House) -> None:
    """Also where one edition's readers have their hours before and after another's."""
    house.subscribe(BOB, "daily 00:30")
    house.subscribe(CYD, "hourly")

    lines = house.run("plan", "--at", "2026-11-22T00:15Z", "--readers").stdout.splitlines()[1:]

    assert {line.split()[6] for line in lines} >= {"2026-11-21", "2026-11-22T0100Z"}
    assert [line[:16] for line in lines] == sorted(line[:16] for line in lines)


def test_a_report_that_is_not_due_yet_is_said_to_come(house: House) -> None:
    """A week's plan names when a report of months comes next; what is in the plan is not named again."""
    house.subscribe(BOB, "daily 05:00")
    house.rewrite(BOB, reports=["rates", "trends"])

    planned = house.run("plan", "--at", FIVE, "--days", "7")
    later = house.run("plan", "--at", FIVE, "--days", "14")

    assert "rates" not in planned.stdout
    assert planned.stderr == "rates: next due 1 December 2026, 05:00 UTC\n"
    assert ("rates" in later.stdout, later.stderr) == (True, "")


def test_what_nobody_sent_in_time_is_pointed_at(house: House) -> None:
    """Plan and dry run name who the next run will say is without; of a time to come nobody knows that."""
    house.send("2026-11-21T04:45Z")
    noon, words = "2026-11-21T12:00Z", ["plan", "--readers"]
    planned = CliRunner().invoke(cli, words, env=house.settings, obj=lambda: datetime.fromisoformat(noon))
    ahead = house.run("plan", "--at", "2199-11-21T12:00Z").stdout
    rehearsed = house.send(noon, "--dry-run").stdout
    house.send(noon)

    assert f"Sat 05:00  UTC   trends  2026-11-20  {ANN}: too late to mail" in planned.stdout
    assert "too late" not in ahead
    assert f"too late to mail: trends 2026-11-20 to {ANN}" in rehearsed
    assert f"without it: {ANN}; by hand" in house.told()


def test_a_report_that_is_not_built_yet_is_said_to_be(house: House) -> None:
    """A dry run builds nothing, so it cannot weigh it; the run does both."""
    at = "2026-11-20T05:00Z"
    said = house.send(at, "--dry-run")

    assert (said.exit_code, said.stdout) == (0, f"would send trends 2026-11-19 to {ANN}\n")
    assert said.stderr == "trends 2026-11-19 is not built yet: a run builds it first, and then weighs it\n"
    assert not [*house.storage.list("editions/trends/2026-11-19/")]


def test_a_report_there_is_none_of_is_said_to_fail(house: House) -> None:
    """Its readers are named, and why they get nothing: once, however many they are."""
    house.subscribe(BOB, "daily 05:00")
    house.rewrite(BOB, reports=["planets"])

    said = house.send(FIVE, "--dry-run")

    assert (said.exit_code, f"report cannot be built: planets 2026-11-20 to {BOB}" in said.stdout) == (
        1,
        True,
    )
    assert "planets 2026-11-20: there is no report named 'planets'" in said.stderr


@dataclass(frozen=True)
class Morning:
    """What became of a night: revisions in the order they were made, when a run looked, who reads what."""

    revisions: tuple[tuple[str, str], ...]
    runs: tuple[str, ...]
    at: str
    corrections: str
    bob: str

    def pass_at(self, house: House) -> None:
        """Let it happen: what stands at a time a run finds then."""
        house.settings |= {"MAIL_TO": f"{ANN},{CYD}", "MAIL_CORRECTIONS": self.corrections}
        house.subscribe(BOB, "daily 06:00")
        house.rewrite(BOB, reports=[self.bob])
        moments = [*((time, kind) for time, kind in self.revisions), *((time, "") for time in self.runs)]
        for day in (19, 20):  # else a run would build it, which takes its time
            a_frozen_edition(house.storage, date(2026, 11, day), ranking=("rain", "budget"), coverage=0.98)
        for revision, (time, kind) in enumerate(sorted(moments), 2):
            if kind:
                a_frozen_edition(house.storage, revision=revision, **KINDS[kind])
            else:
                house.send(f"2026-11-21T{time}Z", *(("--to", CYD) if time < "05:00" else ()))


KINDS: dict[str, dict[str, Any]] = {
    "sound": {"ranking": ("rain", "budget"), "coverage": 0.98},
    "another top": {"ranking": ("snow",), "coverage": 0.97},
    "few minutes": {"ranking": ("rain",), "coverage": 0.31},
    "nothing collected": {"coverage": 0.0, "is_empty": True},
    "a script": {"ranking": ("budget",), "html": "<p><script>x()</script></p>"},
}
TIMES = st.sampled_from(["04:30", "05:10", "06:10", "08:40", "09:20"])
MORNINGS = st.builds(
    Morning,
    revisions=st.lists(st.tuples(TIMES, st.sampled_from([*KINDS])), max_size=3).map(tuple),
    runs=st.lists(TIMES, max_size=2).map(tuple),
    at=st.sampled_from(["05:15", "06:15", "08:50", "09:30", "12:00"]),
    corrections=st.sampled_from(["true", "false"]),
    bob=st.sampled_from(["trends", "trends", "planets"]),
)
CORRECTED = Morning((("05:10", "another top"),), ("04:30",), "05:15", "true", "trends")


@given(MORNINGS)
@example(CORRECTED)
@settings(max_examples=20, deadline=None)
def test_a_dry_run_says_what_the_run_then_does(
    tmp_path_factory: pytest.TempPathFactory, morning: Morning
) -> None:
    """Whoever it says gets a mail or a correction gets it, and nobody else; so too who is too late."""
    folder = tmp_path_factory.mktemp("morning")
    places = {"STORAGE_URL": f"file:{folder}/data", "CACHE_DIR": f"{folder}/cache"}
    house = House(folder, DirectoryStorage(folder / "data"), **places)
    morning.pass_at(house)
    house.letters()

    said = house.send(f"2026-11-21T{morning.at}Z", "--dry-run")
    done = house.send(f"2026-11-21T{morning.at}Z")

    letters = house.letters()
    sent = {(str(it["To"]), "Correction" in str(it["Subject"])) for it in letters if it["To"] != OWNER}
    late = re.findall("without it: ([^;]+);", words_of([it for it in letters if it["To"] == OWNER]))
    would_send = re.findall("^would send .* 2026-11-20(, correction 1)? to (.*)$", said.stdout, re.MULTILINE)
    assert {(reader, bool(correction)) for correction, reader in would_send} == sent
    assert set(re.findall("^too late .* to (.*)$", said.stdout, re.MULTILINE)) == {
        reader for readers in late for reader in readers.split(", ")
    }
    assert said.exit_code <= done.exit_code


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"{", id="cut"),
        pytest.param(None, id="no file"),
    ],
)
def test_a_revision_that_cannot_be_read_stops_no_round(house: House, broken: bytes | None) -> None:
    """Whether it needs a correction is then not known; everybody else gets the mail."""
    house.settings |= {"MAIL_CORRECTIONS": "true", "MAIL_TO": f"{ANN},{BOB}"}
    house.send(FIVE, "--to", ANN)
    house.letters()
    first = newest_of(house.storage, "trends", "2026-11-20").folder
    a_frozen_edition(house.storage, revision=2, ranking=("rain",), coverage=0.99)
    house.storage.put(f"{first}manifest.json", broken or b"")
    if broken is None:
        (house.folder / "data" / first / "manifest.json").unlink()
        (house.folder / "data" / first / "manifest.json").mkdir()

    planned = house.run("plan", "--at", QUARTER_PAST)
    sent = house.send(QUARTER_PAST)

    assert (planned.exit_code, sent.exit_code, house.reached()) == (0, 0, [BOB])


def test_a_week_that_is_not_over_yet_is_pointed_at(house: House) -> None:
    """East of the report's zone Monday's mail covers the week before the last: plan and adding say so."""
    added = house.run("readers", "add", BOB, "--rhythm", "weekly mon 05:00", "--zone", "Asia/Kolkata").stdout
    planned = house.run("plan", "--at", FIVE).stderr
    at_noon = house.run(
        "readers", "add", BOB, "--rhythm", "weekly mon 12:00", "--zone", "Asia/Kolkata"
    ).stdout

    assert "the week before the last: the last is not over by then in UTC" in added
    assert "weekly mon 05:00 Asia/Kolkata: the mail of 2026-11-23 is of 2026-W46, the week before" in planned
    assert "week before" not in at_noon
