"""Rules for `python -m report query`."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.__main__ import collector
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.places import raw_hour
from tests.builders import NOON, a_v1_document, lines


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner in a folder with tweets of two days: #food on the first, #food and #budget on the second."""
    monkeypatch.chdir(tmp_path)
    storage = DirectoryStorage(tmp_path / "data")
    for back, tags in ((1, ["food"]), (0, ["food", "budget"])):
        seen = NOON.replace(day=20 - back)
        document = a_v1_document(id=7 + back, created_at=seen, hashtags=tags, text="\x1b[31mred")
        storage.put(f"{raw_hour(seen)}x.jsonl", lines(document))
    return CliRunner()


def query(runner: CliRunner, *arguments: str) -> Result:
    return runner.invoke(main, ["query", *arguments])


def test_several_days_are_one_window(asked: CliRunner) -> None:
    """Both ends are included."""
    result = query(asked, "top_hashtags", "--from", "2026-11-19", "--to", "2026-11-20", "--format", "json")

    rows = {row["hashtag"]: row["tweets"] for row in json.loads(result.output)}
    assert rows == {"food": 2, "budget": 1}


def test_a_day_is_one_window(asked: CliRunner) -> None:
    """What was seen the day before is not in it."""
    result = query(asked, "top_hashtags", "--date", "2026-11-20", "--limit", "5", "--format", "csv")

    assert [row["tweets"] for row in csv.DictReader(io.StringIO(result.output))] == ["1", "1"]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "day", "leaders"),
    [
        pytest.param("tweets-v11-sample-2016/output.txt", "2016-04-27", 3, id="a sample of the stream"),
        pytest.param("tweets-v11-extended-2018/lines.json", "2018-03-10", 2, id="truncated tweets"),
    ],
)
def test_genuine_tweets_are_counted_as_by_others(
    asked: CliRunner, real_data: Path, file: str, day: str, leaders: int
) -> None:
    """Imported and asked for by the commands, a genuine file has the counts found elsewhere."""
    path = real_data / file
    reference = json.loads((path.parent / "reference_counts.json").read_text())[path.name]["effective_exact"]
    assert asked.invoke(collector, ["import", str(path)]).exit_code == 0

    result = query(
        asked, "top_hashtags", "--from", day, "--to", day, "--limit", str(leaders), "--format", "json"
    )

    rows = [[row["hashtag"], row["tweets"]] for row in json.loads(result.output)]
    assert rows == reference["top"][:leaders]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        pytest.param(["--from", "2026-11-20", "--to", "2026-11-19"], "is before --from", id="backwards"),
        pytest.param(["--to", "2026-11-19"], "--to asks for --from", id="no beginning"),
        pytest.param(["--date", "2026-11-19", "--from", "2026-11-19"], "exclude each other", id="both"),
    ],
)
def test_days_that_make_no_window_are_refused(asked: CliRunner, arguments: list[str], advice: str) -> None:
    """The error says what to write."""
    result = query(asked, "top_hashtags", *arguments)

    assert result.exit_code == 2
    assert advice in result.output


def test_companions_are_asked_for_with_a_limit(asked: CliRunner) -> None:
    """Every question can be asked by its name alone."""
    assert query(asked, "companions", "--date", "2026-11-20").exit_code == 0


def test_a_tweet_cannot_steer_the_terminal(asked: CliRunner) -> None:
    """Control signs are shown as what they are: strange."""
    result = query(asked, "samples", "--hashtag", "budget", "--date", "2026-11-20")

    assert "red" in result.output
    assert "\x1b" not in result.output
