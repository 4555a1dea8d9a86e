"""Rules for a file of settings."""

from pathlib import Path

import pytest

from report.errors import SettingsError
from report.setting_file import setting_file, settings_in


def test_what_a_file_sets_is_read_as_written() -> None:
    """Quotes, comments, empty values and a mark at the begin of a file are what they are elsewhere."""
    text = "\ufeffA=1\r\n\r\n# B=2\r\nexport C='it is'\r\nD=\r\nE=it's\r\n"

    assert settings_in(text.encode(), ".env") == {"A": "1", "C": "it is", "D": "", "E": "it's"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(b"A=1\n\n\nB='it's secret'\nC=2\n", "line 4: expected NAME=value", id="quotes"),
        pytest.param(b'A="secret\nB=2\n', "line 1: expected NAME=value", id="a quote that does not end"),
        pytest.param(b"my secret\n", "line 1: expected NAME=value", id="no name"),
        pytest.param(b"A=1\nPAGE_PASSWORD\n", "line 2: PAGE_PASSWORD has no value", id="no value"),
        pytest.param(b"A=1\nB=secret\xff\n", "line 2: is not UTF-8", id="another encoding"),
        pytest.param(b"MAILTO=secret\n", "line 1: MAILTO is no setting; did you mean MAIL_TO", id="a slip"),
        pytest.param(b"smtp_url=secret\n", "line 1: smtp_url is no setting", id="small letters"),
    ],
)
def test_a_line_that_sets_nothing_is_named(text: bytes, problem: str) -> None:
    """It is never passed over, for it may be the one with the password, nor is it shown."""
    with pytest.raises(SettingsError, match=f"settings.env, {problem}") as refused:
        settings_in(text, "settings.env")

    assert "secret" not in str(refused.value)


def test_what_others_read_may_stand_there_too() -> None:
    """boto3 and gunicorn have variables of their own, and so may anybody."""
    names = ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "WEB_CONCURRENCY", "LOG_LINES", "DKIM_KEY_FILE", "MAIL")

    assert [*settings_in("".join(f"{name}=x\n" for name in names).encode(), ".env")] == [*names]


def test_there_may_be_no_file(tmp_path: Path) -> None:
    """On a laptop nothing need be set; a file that cannot be opened is another thing."""
    assert setting_file(tmp_path / ".env") == {}
    with pytest.raises(SettingsError, match="the settings cannot be read"):
        setting_file(tmp_path)
