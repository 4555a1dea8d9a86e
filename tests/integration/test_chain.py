"""The whole way, through the commands: feed, fetch, build, page and mail, on the folder and on S3."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.__main__ import collector
from collector.demo.hours import demo_tweet
from collector.feed import start_feed
from mailer.__main__ import cli
from report.__main__ import main
from tests.gunicorn_server import gunicorn
from tests.s3_server import variables_of

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
DAY = "2025-03-10"
MINUTES = 4
DOORS = {"collector": collector, "report": main, "mailer": cli}


@dataclass
class Chain:
    """The commands over one storage, as a person types them, run in this process to save starting each."""

    environ: Mapping[str, str]

    def run(self, door: str, *arguments: str) -> str:
        ran = CliRunner().invoke(DOORS[door], arguments, env=self.environ, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def collect(self) -> list[str]:
        """Fetch a tweet in each of some minutes, every one asked for twice."""
        now = [NOON]
        with start_feed(lambda moment: demo_tweet(1, moment), "127.0.0.1", 0, lambda: now[0]) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                return [
                    self._fetch(server.server_port, now, minute) for minute in range(MINUTES) for _ in "12"
                ]
            finally:
                server.shutdown()
                thread.join()

    def _fetch(self, port: int, now: list[datetime], minute: int) -> str:
        now[0] = NOON + timedelta(minutes=minute, seconds=7)
        url = f"http://127.0.0.1:{port}/tweet"
        return self.run("collector", "fetch", "--url", url, "--at", now[0].isoformat())


@pytest.fixture
def chains(tmp_path: Path, s3_endpoint: str, bucket: str) -> dict[str, Chain]:
    """Return the same chain on a folder and on S3; only settings differ."""
    on_folder = {"STORAGE_URL": f"file:{tmp_path / 'data'}"}
    on_s3 = {"STORAGE_URL": f"s3://{bucket}/team", **variables_of(s3_endpoint)}
    return {
        kind: Chain(
            {
                **environ,
                "SMTP_URL": f"file:{tmp_path / kind}",
                "MAIL_TO": "boss@example.org",
                "MAIL_HOLD_BELOW": "0",  # four minutes of a day are mailed too
            }
        )
        for kind, environ in (("folder", on_folder), ("s3", on_s3))
    }


def test_a_tweet_travels_from_the_feed_to_page_and_mail(chains: dict[str, Chain], tmp_path: Path) -> None:
    """On S3 as on the folder, to the byte; a minute is collected once and a mail sent once."""
    pages, mails = [], []
    for kind, chain in chains.items():
        said = chain.collect()
        assert [line.split()[0] for line in said] == ["stored", "this"] * MINUTES
        chain.run("report", "build", "--date", DAY)
        morning = ("mailer", "send", "--at", "2025-03-11T05:00:00Z")
        chain.run(*morning)
        chain.run(*morning)
        (mail,) = (tmp_path / kind).glob("*.eml")
        mails.append(mail.read_bytes())
        with gunicorn(chain.environ) as server:
            pages.append(server.ask("/").body)
            assert server.ask(f"/editions/{DAY}/").body == pages[-1]
            data = json.loads(server.ask("/latest.json").body)
        assert data["counts"]["tweets"] == data["counts"]["observed_minutes"] == MINUTES

    assert pages[0] == pages[1]
    assert mails[0] == mails[1]


def test_the_mail_is_what_was_ordered(chains: dict[str, Chain], tmp_path: Path) -> None:
    """Titled just so, text first, then HTML with its pictures, and not too large."""
    chain = chains["folder"]
    chain.collect()
    chain.run("mailer", "send", "--at", "2025-03-11T05:00:00Z")
    (path,) = (tmp_path / "folder").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)

    assert mail["Subject"] == "Twitter Trends"
    assert mail["To"] == "boss@example.org"
    assert mail.get_content_type() == "multipart/alternative"
    assert next(mail.iter_parts()).get_content_type() == "text/plain"
    assert path.stat().st_size <= 80_000
