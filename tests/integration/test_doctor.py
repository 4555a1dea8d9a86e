"""Rules for `python -m mailer doctor`, with a mail server, a name server and both storages."""

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result

from mailer.__main__ import cli
from mailer.doctor.storing import check_storage
from mailer.doctor.verdicts import Level
from mailer.ledger import Entry, Occasion, State, claim, record
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.dns_records import DnsRecords, resolver_at
from report.adapters.host_cron import cron_of_this_host
from report.adapters.s3_storage import S3Storage
from report.alert_states import settle
from report.alerts import Alarm, Finding
from report.errors import DnsError
from report.places import raw_slot
from report.runs import this_run
from report.storage import Storage
from tests.aws_server import use_aws
from tests.dns_server import running_dns, txt
from tests.fakes import MemoryStorage
from tests.mail_builders import a_frozen_edition
from tests.s3_server import variables_of
from tests.smtp_servers import AIOSMTPD_WARNINGS, PASSWORD, USER, genuine_server

pytestmark = AIOSMTPD_WARNINGS
ZONE = {
    ("example.org", "TXT"): [txt("v=spf1 mx -all")],
    ("example.org", "MX"): ["10 mx.example.org."],
    ("_dmarc.example.org", "TXT"): [txt("v=DMARC1; p=none")],
}
SECRET = "0123456789abcdef-secret"


class Ward:
    """An installation in a folder, and the doctor's words on it."""

    def __init__(self, folder: Path, name_server: int) -> None:
        self.storage: Storage = DirectoryStorage(folder / "data")
        self.name_server = name_server
        self.settings = {
            "STORAGE_URL": f"file:{folder}/data",
            "SMTP_URL": f"file:{folder}/outbox",
            "MAIL_FROM": "Trends <trends@example.org>",
            "MAIL_TO": "ann@example.com,bob@example.com",
            "SECRET_KEY": SECRET,
        }

    def examined(self, *words: str) -> Result:
        """Run the command."""
        words = ("doctor", "--dns", f"127.0.0.1:{self.name_server}", *words)
        return CliRunner().invoke(cli, words, env=self.settings, catch_exceptions=False)

    def verdicts(self) -> dict[str, list[dict[str, Any]]]:
        """Return what is said, by what it is about."""
        found: dict[str, list[dict[str, Any]]] = {}
        for verdict in json.loads(self.examined("--format", "json").output):
            found.setdefault(verdict["about"], []).append(verdict)
        return found

    def level(self, about: str) -> str:
        """Return how bad the one thing said about this is."""
        [verdict] = self.verdicts()[about]
        return str(verdict["level"])


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    """An installation whose domain is in order, and whose mail goes into a folder."""
    monkeypatch.chdir(tmp_path)
    with running_dns(ZONE) as name_server:
        yield Ward(tmp_path, name_server)


def test_a_laptop_is_told_what_is_missing_and_is_well(ward: Ward) -> None:
    """Nothing is wrong where no mail leaves; each line says how bad, about what, and what to do."""
    told = ward.examined()

    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "warning", "skipped"}
    assert [line for line in lines if line.startswith("warning") and ": " not in line] == []
    assert not list((Path("data") / "leases").glob("*"))


def test_the_domain_is_looked_up(ward: Ward) -> None:
    """SPF, DMARC and MX are read from DNS; DKIM is left out where we do not sign."""
    levels = {about: ward.level(about) for about in ("SPF", "DMARC", "MX", "DKIM")}

    assert levels == {"SPF": "ok", "DMARC": "ok", "MX": "ok", "DKIM": "skipped"}


def test_a_name_server_that_fails_is_said(ward: Ward) -> None:
    """What DNS does not answer is skipped with a word, and is no reason to fail."""
    with running_dns(ZONE, fails=True) as ward.name_server:
        told = ward.examined()

    assert told.exit_code == 0
    assert "skipped  domain" in told.output
    assert "DNS did not answer for example.org TXT" in told.output


def test_a_name_server_that_is_silent_is_not_waited_for() -> None:
    """A question nobody answers ends with the resolver's own limit, in words of ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = resolver_at("127.0.0.1", str(silent.getsockname()[1]))
        resolver.lifetime = 0.1

        with pytest.raises(DnsError, match=r"did not answer for example\.org MX in time"):
            DnsRecords(lambda: resolver).mail_hosts("example.org")


def test_no_name_server_is_said(ward: Ward) -> None:
    """A server named wrongly is skipped with a word too."""
    told = CliRunner().invoke(cli, ["doctor", "--dns", "no-address"], env=ward.settings)

    assert (told.exit_code, "there is no name server to ask" in told.output) == (0, True)


@pytest.mark.parametrize(
    ("password", "level", "words"),
    [
        pytest.param(PASSWORD, "ok", "answers, with TLS, and takes the password of trends", id="right"),
        pytest.param("wrong", "wrong", "refused the user or password", id="wrong password"),
    ],
)
def test_the_mail_server_is_logged_in_to_and_left(
    ward: Ward, tmp_path: Path, password: str, level: str, words: str
) -> None:
    """Greeted, encrypted, logged in, and no mail sent; the password is in no line."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with genuine_server(context, starttls=True, with_password=True) as (port, delivered):
        ward.settings |= {
            "SMTP_URL": f"smtp+starttls://{USER}@127.0.0.1:{port}",
            "SMTP_PASSWORD": password,
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        }
        [verdict] = ward.verdicts()["mail server"]
        told = ward.examined()

    assert (verdict["level"], words in verdict["says"]) == (level, True)
    assert delivered.mails == []
    assert told.exit_code == 1  # nobody is told of failures, and there is no cron
    assert PASSWORD not in told.output
    assert SECRET not in told.output


def test_the_last_mails_are_told_with_who_lacks_one(ward: Ward) -> None:
    """Counts of the last day, who was refused and in which words, whose fate is unknown, what is raised."""
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date()
    a_frozen_edition(ward.storage, yesterday)
    _mailed(ward.storage, "2026-01-01", "ann@example.com", State.REFUSED, "550 long ago")
    _mailed(ward.storage, yesterday.isoformat(), "ann@example.com", State.ACCEPTED)
    _mailed(ward.storage, yesterday.isoformat(), "bob@example.com", State.REFUSED, "550 no such user")
    _mailed(ward.storage, yesterday.isoformat(), "gone@example.com", State.UNKNOWN, "cut off")
    hour_ago = now - timedelta(hours=1)
    _mailed(ward.storage, yesterday.isoformat(), "cyd@example.com", State.CLAIMED, at=hour_ago)
    stopped = Finding(Alarm.COLLECTOR_STOPPED, "raw/", "no tweet")
    settle(ward.storage, [stopped], [], now, timedelta(hours=24))

    found = ward.verdicts()

    counts, refused, *unknown = found["mail"]
    assert counts["says"].startswith(f"trends {yesterday}: 1 accepted, 1 refused, 2 unknown; the last at ")
    assert (
        refused["level"],
        f"{yesterday} to bob@example.com: refused: 550 no such user" in refused["says"],
    ) == (
        "warning",
        True,
    )
    assert ["to a reader no longer known" in verdict["says"] for verdict in unknown] == [True, True]
    assert found["edition"][0]["level"] == "ok"
    assert found["alarm"][0]["says"].startswith("collector stopped, raw/, since ")


def test_a_source_that_cannot_be_listed_hides_nothing(
    ward: Ward, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its report is named, and every other one is looked at."""
    use_aws(monkeypatch, s3_endpoint)
    ward.settings["REPORT_SOURCES"] = "rates=s3://nobody-made-this-bucket/"

    found = ward.verdicts()["edition"]

    [wrong] = [verdict for verdict in found if verdict["level"] == "wrong"]
    assert wrong["says"].startswith("rates: its source cannot be listed: ")
    assert {verdict["says"].split(":")[0].split()[0] for verdict in found} >= {"rates", "requests"}


def test_the_collector_and_the_topic_are_looked_at(
    ward: Ward, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the last tweet came, and whether anybody hears what the topic is told; a topic may be missing."""
    use_aws(monkeypatch, s3_endpoint)
    assert ward.level("collector") == "skipped"
    ward.storage.put(raw_slot(datetime.now(UTC) - timedelta(hours=3), "feed"), b"{}")
    ward.settings["ALERT_TOPIC"] = "arn:aws:sns:us-east-1:123456789012:no-such-topic"

    found = ward.verdicts()

    [collector], [topic] = found["collector"], found["topic"]
    assert (collector["level"], "no tweet was stored for 1" in collector["says"]) == ("warning", True)
    assert (topic["level"], "SNS finds nothing to list" in topic["says"]) == ("warning", True)
    ward.storage.put(raw_slot(datetime.now(UTC), "feed"), b"{}")
    assert ward.level("collector") == "ok"


def test_s3_is_tried_like_a_folder(
    ward: Ward, s3_endpoint: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same probe over HTTP; without rights or bucket it is wrong, and says what is missing."""
    for name, value in variables_of(s3_endpoint).items():
        monkeypatch.setenv(name, value)
    ward.settings["STORAGE_URL"] = f"s3://{bucket}/trends"
    assert (ward.level("storage"), ward.level("clock")) == ("ok", "ok")

    ward.settings["STORAGE_URL"] = f"s3://{bucket}-missing/trends"
    told = ward.examined()
    assert told.exit_code == 1
    assert f"wrong    storage        there is no bucket '{bucket}-missing'" in told.output
    assert "ok       mail server" in told.output


@pytest.mark.parametrize("kind", ["folder", "S3"])
def test_the_probe_leaves_nothing_behind(kind: str, tmp_path: Path, s3: Any, bucket: str) -> None:
    """What was written for the try is gone after it."""
    storage: Storage = DirectoryStorage(tmp_path) if kind == "folder" else S3Storage(s3, bucket)

    verdicts = [*check_storage(storage, "try", lambda: datetime.now(UTC))]

    assert [verdict.level for verdict in verdicts] == [Level.OK, Level.OK]
    assert [*storage.list()] == []


class _Forgetful(MemoryStorage):
    """A store that knows no conditions, as some that call themselves S3."""

    def put_if_absent(self, key: str, body: bytes, content_type: str = "") -> None:
        self.put(key, body)


def test_a_store_without_conditions_is_wrong() -> None:
    """Where put-if-absent writes over what is there, two hosts would both mail."""
    storage = _Forgetful()

    first, _ = check_storage(storage, "try", lambda: datetime.now(UTC))

    assert (first.level, "two hosts would both send a mail" in first.says) == (Level.WRONG, True)
    assert [*storage.list()] == []


def test_crons_lines_are_found_wherever_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This user's crontab, the system's, and what lies in cron.d; comments are left out."""
    for path, text in {
        "bin/crontab": "#!/bin/sh\necho '# ours'\necho '*/15 * * * * python -m mailer send'\n",
        "etc/crontab": "17 * * * * root run-parts\n",
        "etc/cron.d/trends": "APP=/opt/twitter-trends\n",
        "proc/77/comm": "crond\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "bin/crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")

    cron = cron_of_this_host(tmp_path / "etc", tmp_path / "proc")

    assert cron.is_running
    assert cron.lines == (
        "*/15 * * * * python -m mailer send",
        "17 * * * * root run-parts",
        "APP=/opt/twitter-trends",
    )


def test_a_host_without_cron_has_no_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program, no files, no process: nothing found, and no error."""
    monkeypatch.setenv("PATH", str(tmp_path))

    cron = cron_of_this_host(tmp_path / "etc", tmp_path / "proc")

    assert (cron.is_running, cron.lines) == (False, ())


def _mailed(
    storage: Storage, period: str, reader: str, state: State, text: str = "", at: datetime | None = None
) -> None:
    key = Occasion("trends", period).entry_key(reader)
    entry = Entry(State.CLAIMED, at or datetime.now(UTC), this_run(), "<1@example.org>", 1)
    claim(storage, key, entry, "")
    record(storage, key, entry, state, text=text)
