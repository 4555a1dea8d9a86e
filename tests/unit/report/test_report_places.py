"""Rules for where reports read and lay files."""

import pytest

from report.composition import services_from
from report.errors import SettingsError
from report.report_places import place_of, shown
from report.setting_rules import StorageUrl
from report.settings import Settings


@pytest.mark.parametrize(
    ("base", "said", "where"),
    [
        (StorageUrl(bucket="b", prefix="p/"), {}, "s3://b/p/results/rates/2019/x.csv"),
        (StorageUrl(bucket="b"), {"rates": StorageUrl(bucket="other")}, "s3://other/2019/x.csv"),
    ],
)
def test_results_lie_apart_or_beside_the_tweets(
    base: StorageUrl, said: dict[str, StorageUrl], where: str
) -> None:
    """Where REPORT_RESULTS says, else in a folder of STORAGE_URL."""
    assert shown(place_of(base, said, "results", "rates"), "2019/x.csv") == where


@pytest.mark.parametrize(
    ("storage", "sources", "results", "problem"),
    [
        ("s3://b", "r=s3://in", "r=s3://in", "at s3://in/, within the source of r"),
        ("s3://b", "r=s3://in", "r=s3://in/out", "at s3://in/out/, within the source of r"),
        ("s3://b", "r=s3://in,q=s3://out", "r=s3://out", "at s3://out/, within the source of q"),
        ("s3://b/p", "", "r=s3://b/p/raw", "at s3://b/p/raw/, among what STORAGE_URL keeps for itself"),
        ("file:./data", "r=file:./data", "", "data/results/r, within the source of r"),
        ("file:./data", "", "r=file:./x/../data/sources/r", "within the source of r"),
    ],
)
def test_results_among_what_is_read_are_refused(
    storage: str, sources: str, results: str, problem: str
) -> None:
    """They would be made into the next results, or stand among raw tweets."""
    environ = {"STORAGE_URL": storage, "REPORT_SOURCES": sources, "REPORT_RESULTS": results}

    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(environ)

    assert "REPORT_RESULTS lays those of r at " in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize("results", ["r=s3://b/results/r", "r=s3://other/", "r=s3://b2/", "r=file:./out"])
def test_results_apart_are_taken(results: str) -> None:
    """Another bucket, a folder, and the usual place said aloud."""
    Settings.from_environ({"STORAGE_URL": "s3://b", "REPORT_SOURCES": "r=s3://in", "REPORT_RESULTS": results})


def test_a_bucket_that_cannot_be_is_told_by_its_variable() -> None:
    """Who mistyped REPORT_RESULTS is not sent to STORAGE_URL."""
    services = services_from(Settings(report_results=(("rates", StorageUrl(bucket="No_Bucket")),)))

    with pytest.raises(SettingsError, match=r"REPORT_RESULTS: .*No_Bucket"):
        services.results("rates")
