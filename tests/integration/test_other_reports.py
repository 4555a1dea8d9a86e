"""Rules for the reports beside the trends, from the command line to the files."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.storage import Storage
from tests.s3_server import variables_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Places = tuple[Storage, Storage, Storage]
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def places(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_endpoint: str
) -> Places:
    """Return where editions, a source and results lie: in folders, or in three places of two buckets."""
    monkeypatch.chdir(tmp_path)
    if request.param == "folder":
        urls = "file:data", "file:studies", "file:for-others"
        made: Places = tuple(DirectoryStorage(tmp_path / url[5:]) for url in urls)  # type: ignore[assignment]
    else:
        s3: S3Client = request.getfixturevalue("s3")
        bucket, other = request.getfixturevalue("bucket"), f"{request.getfixturevalue('bucket')}-2"
        s3.create_bucket(Bucket=other)
        urls = f"s3://{bucket}/team", f"s3://{other}/studies", f"s3://{other}/results"
        made = (
            S3Storage(s3, bucket, "team/"),
            S3Storage(s3, other, "studies/"),
            S3Storage(s3, other, "results/"),
        )
        for name, value in variables_of(s3_endpoint).items():
            monkeypatch.setenv(name, value)
    for name, url in zip(("STORAGE_URL", "REPORT_SOURCES", "REPORT_RESULTS"), urls, strict=True):
        monkeypatch.setenv(name, url if name == "STORAGE_URL" else f"rates={url}")
    return made


def build(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["build", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("places", "name"), [("folder", "cancer.csv"), ("s3", "cancer_crlf.csv")], indirect=["places"]
)
def test_the_genuine_study_has_its_known_figures(places: Places, real_data: Path, name: str) -> None:
    """301 rows, with what a plain reading of the file gives; laid in another place, and built once."""
    storage, source, results = places
    source.put("cancer.csv", (real_data / "cancer" / name).read_bytes())

    first = build("--report", "rates", "--date", "2026-10-01")
    again = build("--report", "rates", "--date", "2026-10-31")

    with (real_data / "cancer" / name).open(newline="") as file:
        plain = [int(row["cancer"]) / int(row["population"]) for row in csv.DictReader(file)]
    said = json.loads(storage.get("editions/rates/2026-10/r1/data.json"))["rates"]
    assert said["rows"] == len(plain) == 301
    assert (said["lowest"], said["highest"]) == (min(plain), max(plain)) == (0.0, plain[29])
    assert (said["mean"], said["median"]) == (fmean(plain), median(plain))
    assert [round(said[one], 6) for one in ("mean", "median", "highest")] == [0.003642, 0.003625, 0.008705]
    laid = list(csv.DictReader(results.get("rates.csv").decode().splitlines()))
    assert [float(row["rate"]) for row in laid] == plain
    assert results.get("histogram.png").startswith(b"\x89PNG")
    assert b"Bokeh" in results.get("histogram-chart.html")
    assert ("built" in first, "stands already" in again) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param(("rates",), 3, "is made from cancer.csv, with the columns", id="no study"),
        pytest.param(
            ("requests",), 3, "CSV files named after their month, such as 2019_jan_1.csv", id="no month"
        ),
        pytest.param(("topics",), 3, "answers of trends/place in sources/topics/", id="no topics"),
        pytest.param(("trends",), 3, "or makes up; STORAGE_URL names data\n", id="no tweet"),
        pytest.param(("rates", "--date", TODAY), 1, " is not over in UTC\n", id="not over"),
    ],
)
def test_whoever_builds_without_files_is_told_which(
    arguments: tuple[str, ...], status: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to put where; a month that is open is not said to have a day so far."""
    monkeypatch.chdir(tmp_path)

    told = CliRunner().invoke(main, ["build", "--report", *arguments])

    assert (told.exit_code, says in told.output) == (status, True), told.output
