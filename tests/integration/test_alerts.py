"""Rules for telling by SNS, over HTTP, and for `python -m mailer alerts`."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from moto.backends import get_backend

from mailer.__main__ import cli
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.adapters.sns_client import sns_client
from report.adapters.sns_topic import SnsTopic
from report.adapters.sns_topics import SnsTopics
from report.alert_states import settle
from report.alerts import Alarm, Finding, Notice
from report.errors import TopicError, TopicUnavailable, TopicUnknown
from report.topics import Subscription
from tests.aws_server import an_error, answering, use_aws
from tests.builders import a_v1_document
from tests.mail_builders import a_frozen_edition
from tests.s3_server import client_of

TOPIC = "arn:aws:sns:us-east-1:123456789012:twitter-trends-alerts"
OWNER = "owner@example.org"


class Desk:
    """Somebody who types commands; what settings say, and what SNS was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            "STORAGE_URL": f"file:{folder}/data",
            "SMTP_URL": f"file:{folder}/outbox",
            "MAIL_FROM": "trends@example.org",
            "ALERT_TOPIC": TOPIC,
        }

    def type(self, *words: str) -> Result:
        """Run `python -m mailer alerts …`."""
        return CliRunner().invoke(cli, ["alerts", *words], env=self.settings, catch_exceptions=False)


@pytest.fixture
def desk(tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose SNS is on loopback, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    use_aws(monkeypatch, s3_endpoint)
    yield Desk(tmp_path)
    get_backend("sns")["123456789012"]["us-east-1"].reset()


def sent() -> list[tuple[str, str, str]]:
    """Return what SNS was given to publish: (to, message, subject)."""
    backend = get_backend("sns")["123456789012"]["us-east-1"]
    topics = [
        (topic.name, message, subject or "")
        for topic in backend.topics.values()
        for _, message, subject, *_ in topic.sent_notifications
    ]
    return [*topics, *((number, message, "") for number, message in backend.sms_messages.values())]


def test_a_topic_is_made_once_and_told_to_dot_env(desk: Desk) -> None:
    """`setup` prints the line for .env; the second time it is the same topic."""
    del desk.settings["ALERT_TOPIC"]

    first, again = desk.type("setup"), desk.type("setup")

    assert (first.exit_code, first.output) == (0, again.output)
    assert first.output.splitlines()[-1] == f"ALERT_TOPIC={TOPIC}"


def test_who_subscribed_is_listed_and_can_leave(desk: Desk) -> None:
    """An address and a phone, each once; who left is told no more."""
    desk.type("setup")
    told = [desk.type("subscribe", "EMAIL", f"Owner <{OWNER}>"), desk.type("subscribe", "email", OWNER)]
    told += [desk.type("subscribe", "sms", "+33 6 12 34 56 78")]
    assert [one.exit_code for one in told] == [0, 0, 0]

    assert desk.type("list").output == f"email {OWNER}: is told\nsms +33612345678: is told\n"
    assert desk.type("unsubscribe", "+33 6 12 34 56 78").output == "+33612345678 is told no more\n"
    assert desk.type("list").output == f"email {OWNER}: is told\n"
    assert desk.type("unsubscribe", "+33612345678").exit_code == 1


def test_a_test_reaches_owner_and_topic(desk: Desk) -> None:
    """By mail and by SNS, whose phones get the subject alone."""
    desk.settings["MAIL_OWNER"] = OWNER
    desk.type("setup")

    told = desk.type("test")

    assert told.output == f"mail was sent to {OWNER}\nSNS took the message to {TOPIC}\n"
    [(_, message, subject)] = sent()
    assert subject == "Twitter Trends: a test"
    assert json.loads(message)["sms"] == subject
    assert json.loads(message)["default"].startswith("This is a test")
    [letter] = (desk.folder / "outbox").glob("*.eml")
    assert message_from_bytes(letter.read_bytes())["To"] == OWNER


def test_a_test_that_reaches_nobody_fails(desk: Desk) -> None:
    """Without owner and topic there is nothing to test: wrong settings; a missing topic is an error."""
    missing = desk.type("test")
    del desk.settings["ALERT_TOPIC"]
    nobody = desk.type("test")

    assert (missing.exit_code, nobody.exit_code) == (1, 2)
    assert "`python -m mailer alerts setup` makes a topic" in missing.output
    assert "set MAIL_OWNER, or ALERT_TOPIC, or both" in nobody.output


def test_one_sms_goes_straight_to_a_phone(desk: Desk) -> None:
    """No topic is needed; the number is checked, the text not empty."""
    del desk.settings["ALERT_TOPIC"]

    assert desk.type("sms", "+33612345678", "The trends are up").exit_code == 0
    assert sent() == [("+33612345678", "The trends are up", "")]
    assert desk.type("sms", "0612345678", "hello").exit_code == 1
    assert desk.type("sms", "+33612345678", " ").exit_code == 2


@pytest.mark.parametrize("words", [("list",), ("subscribe", "email", OWNER), ("unsubscribe", OWNER)])
def test_without_a_topic_setup_is_named(desk: Desk, words: tuple[str, ...]) -> None:
    """What needs ALERT_TOPIC says which command makes one."""
    del desk.settings["ALERT_TOPIC"]

    told = desk.type(*words)

    assert (told.exit_code, "python -m mailer alerts setup" in told.output) == (2, True)


@pytest.mark.parametrize("words", [("list",), ("setup",)])
def test_without_aws_the_owner_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """No command leads on to another for ever: who has no account is told who is told instead."""
    del desk.settings["ALERT_TOPIC"]
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    assert "without AWS there is no topic: MAIL_OWNER is told by mail" in desk.type(*words).output


def test_alarms_are_muted_listed_and_let_speak(desk: Desk) -> None:
    """`mute` says until when by the report's clock, `raised` shows it, `unmute` ends it."""
    assert desk.type("raised").output == "nothing is raised, and nothing is muted\n"

    muted = desk.type("mute", "held", "LATE", "--hours", "2")
    assert re.findall(r"^(\S+): muted until \d{4}-\d\d-\d\d \d\d:\d\d UTC$", muted.output, re.MULTILINE) == [
        "held",
        "late",
    ]
    assert desk.type("raised").output.count("muted until") == 2
    desk.type("unmute", "all")
    assert desk.type("raised").output == "nothing is raised, and nothing is muted\n"
    assert desk.type("mute", "hled").exit_code == 2


@pytest.mark.parametrize(
    "command", ["setup", "subscribe", "list", "unsubscribe", "mute", "unmute", "test", "sms", "raised"]
)
def test_each_command_shows_how_it_is_typed(desk: Desk, command: str) -> None:
    """--help has an example that begins as one types it."""
    assert f"python -m mailer alerts {command}" in desk.type(command, "--help").output


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        pytest.param(["compact"], "Twitter Trends: compact failed", id="compact"),
        pytest.param(["build", "--date", "2026-11-20"], "Twitter Trends: build failed", id="build"),
    ],
)
def test_what_cron_starts_tells_of_its_failure(desk: Desk, words: list[str], subject: str) -> None:
    """With --alert, a failure reaches the owner once, and the command fails all the same."""
    del desk.settings["ALERT_TOPIC"]
    desk.settings["MAIL_OWNER"] = OWNER
    raw = desk.folder / "data/raw/dt=2026-11-20/hour=12"
    raw.mkdir(parents=True)
    (raw / "x.jsonl").write_text(json.dumps(a_v1_document()), encoding="utf-8")
    for name in ("recent", "tweets", "counts", "editions"):
        (desk.folder / "data" / name).write_text("a file where a folder should be", encoding="utf-8")

    without = CliRunner().invoke(main, words, env=desk.settings)
    assert not (desk.folder / "outbox").exists()
    told = [CliRunner().invoke(main, [*words, "--alert"], env=desk.settings) for _ in range(2)]

    assert [one.exit_code for one in (without, *told)] == [1, 1, 1]
    [letter] = (desk.folder / "outbox").glob("*.eml")
    assert message_from_bytes(letter.read_bytes())["Subject"] == subject


def test_a_mail_server_that_is_away_is_told_by_the_topic(desk: Desk) -> None:
    """Mail is what is broken, so SNS tells: once it lasts, once, and that it is over; no address is in it."""
    a_frozen_edition(DirectoryStorage(desk.folder / "data"))
    desk.type("setup")
    desk.settings |= {"MAIL_OWNER": OWNER, "MAIL_TO": "ann@example.com", "ALERT_QUIET_MINUTES": "0"}
    away, there = "smtp://127.0.0.1:1", desk.settings["SMTP_URL"]

    for minute, url in [(0, away), (15, away), (30, away), (45, there), (60, there), (75, there)]:
        at = datetime(2026, 11, 21, 5, tzinfo=UTC) + timedelta(minutes=minute)
        environ = desk.settings | {"SMTP_URL": url}
        CliRunner().invoke(cli, ["send"], env=environ, obj=partial(at.replace), catch_exceptions=False)

    assert [subject for _, _, subject in sent()] == [
        "Twitter Trends: no mail",
        "Twitter Trends: over: no mail",
    ]
    assert "@" not in "".join(message for _, message, _ in sent())


@pytest.mark.parametrize("kind", ["folder", "S3"])
def test_of_hosts_that_find_the_same_one_tells(
    kind: str, tmp_path: Path, s3_endpoint: str, bucket: str
) -> None:
    """Four at once, over either storage, twice each: one telling in all."""
    client = client_of(s3_endpoint)
    storages = [S3Storage(client, bucket) if kind == "S3" else DirectoryStorage(tmp_path) for _ in range(4)]

    def host(number: int) -> list[Notice]:
        now = datetime(2026, 11, 21, 5, tzinfo=UTC) + timedelta(seconds=number)
        held = Finding(Alarm.HELD, "trends", "held")
        return settle(storages[number % 4], [held], [Alarm.HELD], now, timedelta(hours=24))

    with ThreadPoolExecutor(4) as hosts:
        told = [notice for notices in hosts.map(host, range(8)) for notice in notices]

    assert [notice.about for notice in told] == ["trends"]


# ---- the adapter ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        pytest.param(403, "AuthorizationError", TopicError, "allow sns:CreateTopic", id="denied"),
        pytest.param(403, "InvalidClientTokenId", TopicError, "does not accept our credentials", id="token"),
        pytest.param(400, "Throttling", TopicUnavailable, "too busy", id="throttled"),
        pytest.param(503, "ServiceUnavailable", TopicUnavailable, "too busy", id="away"),
        pytest.param(400, "InvalidParameter", TopicError, "InvalidParameter", id="refused"),
    ],
)
def test_what_sns_refuses_is_said_in_our_words(
    status: int, code: str, kind: type[TopicError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names what was tried, and the right to be given where one is missing."""
    with answering(lambda _: (status, an_error(code))) as endpoint:
        use_aws(monkeypatch, endpoint)
        with pytest.raises(TopicError, match=words) as told:
            SnsTopics(sns_client(attempts=1)).make("trends")

    assert type(told.value) is kind
    assert "make the topic trends" in str(told.value)


@pytest.mark.parametrize(
    ("status", "code", "kind", "times"),
    [
        pytest.param(0, "", TopicUnknown, 1, id="hung up"),
        pytest.param(500, "InternalError", TopicUnknown, 1, id="broke"),
        pytest.param(400, "Throttling", TopicUnavailable, 2, id="refused for now"),
    ],
)
def test_what_sns_may_have_taken_is_not_published_again(
    status: int, code: str, kind: type[TopicError], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a refusal that was really answered is tried again: an SMS costs, and wakes somebody."""
    asked = []

    def answer(parameters: dict[str, str]) -> tuple[int, str]:
        asked.append(parameters["Action"])
        return status, an_error(code)

    with answering(answer) as endpoint:
        use_aws(monkeypatch, endpoint)
        with pytest.raises(TopicError) as told:
            SnsTopic(sns_client(attempts=2), TOPIC).publish("Trends", "text")

    assert (type(told.value), asked) == (kind, ["Publish"] * times)


def test_nobody_at_the_address_can_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is down is no fault of the settings."""
    use_aws(monkeypatch, "http://127.0.0.1:1")

    with pytest.raises(TopicUnavailable, match="cannot be reached"):
        SnsTopic(sns_client(attempts=1), TOPIC).publish("Trends", "text")


def test_without_region_or_credentials_the_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever set nothing is told what to set."""
    use_aws(monkeypatch, "http://127.0.0.1:1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(TopicError, match="AWS_ACCESS_KEY_ID"):
        SnsTopics(sns_client(attempts=1)).make("trends")

    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(TopicError, match="set AWS_DEFAULT_REGION"):
        sns_client()


def test_who_has_not_confirmed_is_listed_as_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    """SNS gives such a subscription no ARN; one that was deleted is left out."""
    members = "".join(
        f"<member><Protocol>email</Protocol><Endpoint>{who}@example.org</Endpoint>"
        f"<SubscriptionArn>{arn}</SubscriptionArn></member>"
        for who, arn in [("b", "PendingConfirmation"), ("a", f"{TOPIC}:1"), ("c", "Deleted")]
    )
    answer = (
        "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>"
        f"{members}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"
    )
    with answering(lambda _: (200, answer)) as endpoint:
        use_aws(monkeypatch, endpoint)
        found = SnsTopics(sns_client(attempts=1)).subscriptions(TOPIC)

    assert found == [
        Subscription("email", "a@example.org", f"{TOPIC}:1"),
        Subscription("email", "b@example.org"),
    ]


def test_a_message_fits_whatever_it_says(desk: Desk) -> None:
    """A strange name in the subject and a text beyond SNS's 256 KB are cut, not refused."""
    topics = SnsTopics(sns_client())
    topic = topics.make("twitter-trends-alerts")

    SnsTopic(sns_client(), topic).publish("Trénds\n" + "x" * 200, "é" * 300_000)

    [(_, message, subject)] = sent()
    assert subject == "Tr?nds " + "x" * 92
    assert 199_000 < len(message.encode()) < 256 * 1024
