"""Rules for choosing Athena by settings."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from report.__main__ import main
from report.adapters.athena_engine import AthenaEngine
from report.adapters.duckdb_engine import DuckDBEngine
from report.composition import services_from
from report.errors import SettingsError
from report.settings import Settings

ON_S3 = {"ENGINE": "athena", "STORAGE_URL": "s3://bucket-1/a"}


def test_athena_is_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """ENGINE says who counts; nothing is connected yet."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    assert isinstance(services_from(Settings.from_environ(ON_S3)).engine(), AthenaEngine)
    assert isinstance(services_from(Settings()).engine(), DuckDBEngine)


def test_the_place_of_results_is_a_folder_of_s3() -> None:
    """With or without a slash at its end."""
    settings = Settings.from_environ({**ON_S3, "ATHENA_OUTPUT": "s3://results-1/x"})

    assert settings.athena_output == "s3://results-1/x/"


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        pytest.param({"ENGINE": "athena"}, "STORAGE_URL is a folder", id="a folder"),
        pytest.param({"ENGINE": "spark"}, "ENGINE is 'spark'; expected duckdb or athena", id="another"),
        pytest.param({**ON_S3, "ATHENA_DATABASE": 'a"b'}, "ATHENA_DATABASE is", id="a quote"),
        pytest.param({**ON_S3, "ATHENA_WORKGROUP": "a b"}, "ATHENA_WORKGROUP is", id="a space"),
        pytest.param({**ON_S3, "ATHENA_OUTPUT": "file:x"}, "ATHENA_OUTPUT is", id="results in a folder"),
        pytest.param({**ON_S3, "ATHENA_LIMIT_GB": "0"}, "ATHENA_LIMIT_GB is", id="no limit"),
    ],
)
def test_what_athena_cannot_use_is_refused(environ: dict[str, str], problem: str) -> None:
    """Each with the name of its variable."""
    with pytest.raises(SettingsError, match=problem):
        Settings.from_environ(environ)


def test_the_command_fills_in_bucket_and_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it writes is ready to be run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_URL", "s3://bucket-1/a")

    ran = CliRunner().invoke(main, ["athena-tables", "--date", "2024-03-01"])

    assert ran.exit_code == 0, ran.output
    assert "s3://bucket-1/a/raw/dt=" in (tmp_path / "athena" / "raw_tweets.sql").read_text(encoding="utf-8")
    assert "'2024-03-01' AS dt" in (tmp_path / "athena" / "compact_day.sql").read_text(encoding="utf-8")
