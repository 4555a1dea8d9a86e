"""Rules for what a deployment takes from the settings of a server."""

from pathlib import Path

import pytest

from deploy.machine.read_settings import lines
from report.errors import SettingsError

SERVER = {
    "STORAGE_URL": "file:/srv/tweets",
    "PUBLIC_URL": "http://trends.example.com",
    "SMTP_URL": "smtp://localhost:25",
    "MAIL_FROM": "trends@example.com",
    "MAIL_TO": "ann@example.com",
    "SITE_URL": "s3://a-website",
    "CACHE_DIR": "/var/cache/trends",
    "PORT": "80",
}


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        pytest.param("smtp://localhost:25", True, id="this machine"),
        pytest.param("smtp://127.0.0.1", True, id="by number"),
        pytest.param("smtp://localhost:2525", False, id="another port"),
        pytest.param("smtp://relay.example.com:25", False, id="a relay"),
        pytest.param("smtp+starttls://relay.example.com:587", False, id="a relay with TLS"),
        pytest.param("file:/srv/outbox", False, id="a folder"),
    ],
)
def test_a_mail_server_is_wanted_for_this_machine_alone(tmp_path: Path, url: str, is_here: bool) -> None:
    """Postfix is installed only where mail is handed over at localhost, port 25."""
    assert (lines({**SERVER, "SMTP_URL": url}, tmp_path)[1] == "postfix") is is_here


def test_folders_and_the_port_are_told(tmp_path: Path) -> None:
    """Each folder is named once, as it really is; what lies in S3 is none. So is what is collected."""
    assert lines(SERVER, tmp_path) == ["80", "postfix", "", "/srv/tweets", "/var/cache/trends"]
    feeds = {f"{what}_URL": f"http://feed.example.com/{what}" for what in ("FEED", "TOPICS")}
    collected = [lines({**SERVER, name: feeds[name]}, tmp_path)[2] for name in feeds]
    assert [*collected, lines({**SERVER, **feeds}, tmp_path)[2]] == ["tweets", "topics", "tweets topics"]


@pytest.mark.parametrize("name", ["STORAGE_URL", "PUBLIC_URL", "SMTP_URL", "MAIL_TO"])
def test_a_server_has_no_defaults_of_a_laptop(tmp_path: Path, name: str) -> None:
    """What a laptop may leave out is asked for, all of it at once."""
    with pytest.raises(SettingsError, match=f"{name} is not set; a server needs it"):
        lines({**SERVER, name: " "}, tmp_path)
    with pytest.raises(SettingsError, match=r"(?s)STORAGE_URL.*MAIL_TO"):
        lines({}, tmp_path)


def test_nothing_is_kept_in_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that would be gone with the next release is refused; one where a link leads is not."""
    release, state = tmp_path / "release", tmp_path / "state"
    release.mkdir()
    (release / "data").symlink_to(state)
    monkeypatch.chdir(release)

    assert str(state) in lines({**SERVER, "STORAGE_URL": "file:./data"}, release)
    with pytest.raises(SettingsError, match="STORAGE_URL lies in the release, at 'tweets'"):
        lines({**SERVER, "STORAGE_URL": "file:tweets"}, release)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("REPORT_RESULTS", "requests=s3://bucket/,rates={}"),
        ("DEPARTMENT_TOPICS", "{}"),
        ("SITE_URL", "{}"),
        ("SMTP_URL", "{}"),
    ],
)
def test_each_folder_of_the_settings_is_known(tmp_path: Path, name: str, place: str) -> None:
    """The pages and jobs may write to it, and it is no release's; nor is a report's source, which is read."""
    release = tmp_path / "release"

    assert "/srv/apart" in lines({**SERVER, name: place.format("file:/srv/apart")}, release)
    with pytest.raises(SettingsError, match=f"{name} lies in the release"):
        lines({**SERVER, name: place.format(f"file:{release}/apart")}, release)
    with pytest.raises(SettingsError, match="REPORT_SOURCES lies in the release"):
        lines({**SERVER, "REPORT_SOURCES": f"rates=file:{release}/in"}, release)
    assert "/srv/in" not in lines({**SERVER, "REPORT_SOURCES": "rates=file:/srv/in"}, release)
