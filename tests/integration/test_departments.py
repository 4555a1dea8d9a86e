"""Rules for telling departments: from contacts.csv and the files of a month to what their contacts get."""

import gzip
import json
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from moto.backends import get_backend

from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.adapters.sns_client import sns_client
from report.adapters.sns_topic_family import SnsTopicFamily
from report.contacts import topic_name
from report.errors import TopicError
from report.storage import Storage
from report.telling import Message, Outcome, tell_once, told_folder
from tests.aws_server import an_error, answering, use_aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CITY = "arn:aws:sns:us-east-1:123456789012:city"
SERVICES = ("Trash violations", "Pothole", 'The "Park", lit', "公園")
PARKS = topic_name("Parks & Recreation")
CONTACTS = """\
Name,Email,Phone,Department
Ann,ann@example.org,+1 619 555 0100,Streets
Bob,Bob@example.org,,Parks & Recreation
Cyd,cyd,,Streets
"""


class Town:
    """Somebody who types commands; where settings say that things lie, and what SNS was given."""

    def __init__(self, source: Storage, **settings: str) -> None:
        self.source = source
        self.settings = settings
        source.put("contacts.csv", CONTACTS.encode())

    def type(self, *words: str) -> Result:
        """Run `python -m report departments …`."""
        return self.run("departments", *words)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, words, env=self.settings, catch_exceptions=False)


@pytest.fixture
def town(tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town whose lists lie in a folder, and whose SNS is on loopback, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    use_aws(monkeypatch, s3_endpoint)
    yield Town(DirectoryStorage(tmp_path / "data/sources/requests"), DEPARTMENT_TOPICS=CITY)
    get_backend("sns")["123456789012"]["us-east-1"].reset()


def test_topics_and_subscriptions_are_made_once(town: Town) -> None:
    """A dry run makes nothing; then each topic and contact, once; the line that tells nobody is named."""
    dry, first, again, listed = (
        town.type(*words) for words in (("setup", "--dry-run"), ("setup",), ("setup",), ("list",))
    )

    assert {one.exit_code for one in (dry, first, again, listed)} == {1}
    assert dry.stdout.count("would be made") == 2
    assert first.stdout.splitlines() == [
        f"Parks & Recreation: {CITY}-{PARKS}, was made",
        "  email Bob@example.org: is told from now on",
        f"Streets: {CITY}-streets, was made",
        "  email ann@example.org: is told from now on",
        "  sms +16195550100: is told from now on",
    ]
    assert again.stdout == listed.stdout
    assert again.stdout == first.stdout.replace("was made", "is there").replace(" from now on", "")
    assert "data/sources/requests/contacts.csv, line 4: 'cyd' is no mail address" in first.stderr
    assert len(boto3.client("sns").list_subscriptions()["Subscriptions"]) == 3


def test_who_is_told_unasked_is_named_and_stays(town: Town) -> None:
    """Another subscription, and a topic of a department that contacts.csv no longer has."""
    town.type("setup")
    arn = f"{CITY}-streets"
    boto3.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint="old@example.org")
    town.source.put("contacts.csv", b"Email,Phone,Department\nann@example.org,,Streets\n")

    told = town.type("setup")

    unasked = "is told, though contacts.csv does not ask for it"
    assert told.exit_code == 0
    assert told.stdout.splitlines()[1:] == [
        "  email ann@example.org: is told",
        f"  email old@example.org: {unasked}",
        f"  sms +16195550100: {unasked}",
        f"{CITY}-{PARKS}: contacts.csv names no such department",
        f"  email Bob@example.org: {unasked}",
    ]
    assert len(boto3.client("sns").list_subscriptions()["Subscriptions"]) == 4


def test_a_department_can_be_tested(town: Town) -> None:
    """By any spelling; before its topic is made the command that makes it is named, and nothing else."""
    missing = town.type("test", "Streets")
    town.type("setup")
    told, unknown = town.type("test", " streets"), town.type("test", "Water")

    assert (missing.exit_code, told.exit_code, unknown.exit_code) == (1, 0, 1)
    assert "`python -m report departments setup` makes it" in missing.output
    assert "mailer alerts" not in missing.output
    assert told.output == f"Streets: the message went to {CITY}-streets\n"
    assert "has no department 'Water'; it has: Parks & Recreation, Streets" in unknown.output


def test_on_a_laptop_topics_are_files(town: Town) -> None:
    """Where DEPARTMENT_TOPICS is a folder, or nothing and mail goes into one."""
    town.settings["DEPARTMENT_TOPICS"] = "file:told"
    town.type("setup")
    town.type("test", "streets")
    del town.settings["DEPARTMENT_TOPICS"]
    by_default = town.type("setup")

    [message] = Path("told").glob("streets-*.txt")
    assert message.read_text().startswith("To: email ann@example.org\nTo: sms +16195550100\nSubject: A test")
    assert "Streets: outbox/departments/streets.subscribers, was made" in by_default.output


def test_what_lacks_is_said(town: Town) -> None:
    """Nobody in the list, and nowhere to make topics: each with what to do."""
    town.source.put("contacts.csv", b"Email,Phone,Department\n")
    nobody = town.type("setup")
    town.settings |= {
        "DEPARTMENT_TOPICS": "",
        "SMTP_URL": "smtp://mail",
        "MAIL_FROM": "a@b.org",
        "MAIL_TO": "nobody",
    }
    nowhere = town.type("setup")

    assert (nobody.exit_code, nowhere.exit_code) == (1, 2)
    assert "Name, Email, Phone and Department at data/sources/requests/contacts.csv" in nobody.output
    assert "DEPARTMENT_TOPICS is not set" in nowhere.output


def test_what_sns_refuses_is_named_and_the_others_are_asked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address SNS does not like keeps nobody else; a right that lacks is named; who waits is not asked."""

    def answer(asked: dict[str, str]) -> tuple[int, str]:
        action = asked["Action"]
        if action == "CreateTopic":
            return 403, an_error("AuthorizationError")
        if action == "ListSubscriptionsByTopic" and PARKS in asked["TopicArn"]:
            return 404, an_error("NotFound")
        if action == "Subscribe" and asked["Endpoint"].startswith("ann"):
            return 400, an_error("InvalidParameter", "Email address")
        body = "<Subscriptions/><Topics/><SubscriptionArn>pending confirmation</SubscriptionArn>"
        return 200, f"<{action}Response><{action}Result>{body}</{action}Result></{action}Response>"

    with answering(answer) as endpoint:
        use_aws(monkeypatch, endpoint)
        denied = town.type("setup")
        town.source.put(
            "contacts.csv", b"Email,Phone,Department\nann@example.org,,Streets\nb@example.org,,Streets\n"
        )
        refused = town.type("setup")

    assert f"SNS denies us to make the topic city-{PARKS}: allow sns:CreateTopic" in denied.output
    assert refused.exit_code == 1
    assert "  email ann@example.org: was refused" in refused.stdout
    assert (
        "  email b@example.org: was asked, and waits until the link in SNS's mail is opened" in refused.stdout
    )
    assert "Streets: SNS refused to subscribe ann@example.org" in refused.stderr


def test_a_department_that_nobody_hears_for_is_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """SNS takes what is told to a topic whose contacts all wait: the list says so, and exits with 1."""
    town.source.put("contacts.csv", b"Email,Phone,Department\na@x.org,,Streets\nb@x.org,,Parks\n")

    def answer(asked: dict[str, str]) -> tuple[int, str]:
        name = asked.get("TopicArn", "").rpartition("-")[2]
        who, arn = ("a", "PendingConfirmation") if name == "streets" else ("b", f"{CITY}-parks:1")
        row = f"<Protocol>email</Protocol><Endpoint>{who}@x.org</Endpoint><SubscriptionArn>{arn}"
        body = f"<Topics/><Subscriptions><member>{row}</SubscriptionArn></member></Subscriptions>"
        action = asked["Action"]
        return 200, f"<{action}Response><{action}Result>{body}</{action}Result></{action}Response>"

    with answering(answer) as endpoint:
        use_aws(monkeypatch, endpoint)
        told, made = town.type("list"), town.type("setup")

    assert (told.exit_code, made.exit_code) == (1, 0)
    assert told.stderr.splitlines()[0] == "Streets: nobody is told yet, so what it is to know is lost"
    assert "Parks: nobody" not in told.stderr


def test_another_account_s_credentials_are_noticed(town: Town) -> None:
    """SNS makes topics in the account of the credentials, which may not be the one that is named."""
    family = SnsTopicFamily(sns_client(), CITY.replace("123456789012", "210987654321"))

    with pytest.raises(TopicError, match="SNS made arn:aws:sns:us-east-1:123456789012:city-parks, since"):
        family.make("parks")


# ---- a month, from its files to what is told --------------------------------------------------------


def put_month(source: Storage, month: str, name: str) -> dict[str, int]:
    """Put made-up requests of a month into three files, two of them packed; return how pandas counts them."""
    dice, parts = random.Random(name), []
    for number in range(3):
        days = [f"{month}-{1 + at % 28:02}T08:00:00" for at in range(300)]
        services = dice.choices(SERVICES, (5, 3, 2, 1), k=300)
        columns = {"service_request_id": range(300), "date_requested": days, "service_name": services}
        parts.append(pd.DataFrame(columns))
        body = parts[-1].to_csv(index=False).encode()
        key = f"{name}_{number}.csv"
        source.put(f"{key}.gz" if number else key, gzip.compress(body) if number else body)
    return dict(pd.concat(parts)["service_name"].value_counts())


@pytest.fixture
def cloud(town: Town, s3: "S3Client", bucket: str, s3_endpoint: str) -> Town:
    """The same town on S3: storage, source and results in three buckets."""
    for name in ("source", "results"):
        s3.create_bucket(Bucket=f"{bucket}-{name}")
    places = {
        "STORAGE_URL": f"s3://{bucket}",
        "REPORT_SOURCES": f"requests=s3://{bucket}-source/",
        "REPORT_RESULTS": f"requests=s3://{bucket}-results/",
    }
    return Town(S3Storage(s3, f"{bucket}-source"), **town.settings, **places)


def heard(queue: str) -> list[dict[str, str]]:
    """Return what a queue that subscribed was told, and forget it."""
    sqs = boto3.client("sqs")
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=600)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


def a_queue_told_by(topic: str) -> str:
    """Return the URL of a new queue that subscribed to the topic."""
    queue: str = boto3.client("sqs").create_queue(QueueName=secrets.token_hex(8))["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{queue.rpartition('/')[2]}"
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


def built_by_two(settings: dict[str, str], day: str) -> list[str]:
    """Build the requests of a day's month in two processes at once; return what each said."""
    words = [sys.executable, "-m", "report", "build", "--report", "requests", "--date", day]
    environ = {**os.environ, **settings, "PYTHONPATH": str(Path(__file__).parents[2])}
    hosts = [
        subprocess.Popen(words, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    said = [host.communicate()[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], said
    return said


def test_a_month_is_counted_laid_and_told_once_by_two_hosts(cloud: Town, s3: "S3Client", bucket: str) -> None:
    """As pandas counts it; results lie in another bucket; one telling, seen by a queue that subscribed."""
    before = put_month(cloud.source, "2018-12", "2018_dec")
    wanted = put_month(cloud.source, "2019-01", "2019_jan")
    thresholds = "trash VIOLATIONS,streets,100\nPothole,Streets,100000\n"
    cloud.source.put("thresholds.csv", f"service_name,department,threshold\n{thresholds}".encode())
    cloud.type("setup")
    queue = a_queue_told_by(f"{CITY}-streets")

    said = built_by_two(cloud.settings, "2019-01-31")

    laid = {one["Key"] for one in s3.list_objects_v2(Bucket=f"{bucket}-results")["Contents"]}
    assert laid == {f"2019/jan/final_{name}" for name in ("chart.html", "report.csv", "report.html")}
    csv = s3.get_object(Bucket=f"{bucket}-results", Key="2019/jan/final_report.csv")["Body"].read()
    frame = pd.read_csv(BytesIO(csv)).set_index("service_name")
    assert (frame["requests"].to_dict(), frame["requests_before"].to_dict()) == (wanted, before)
    [told] = heard(queue)
    assert told["Subject"] == f"trash VIOLATIONS count is now {wanted['Trash violations']:,}"
    assert "/reports/requests/editions/2019-01/" in told["Message"]
    assert sorted("told streets" in one for one in said) == [False, True]


def test_of_hosts_that_tell_the_same_one_does(town: Town, s3: "S3Client", bucket: str) -> None:
    """Four at once, twice each: the claim in S3 lets one of them ask SNS."""
    storage, family = S3Storage(s3, bucket), SnsTopicFamily(sns_client(), CITY)
    family.make("streets")
    message = Message("Streets", "trash 131", "Trash count is now 131", "In January.")
    now = datetime(2019, 2, 1, 5, tzinfo=UTC)

    def host(_: int) -> list[Outcome]:
        folder = told_folder("requests", "2019-01")
        return [*tell_once(storage, folder, [message], lambda _: family.topic("streets"), now)]

    with ThreadPoolExecutor(4) as hosts:
        outcomes = [one for told in hosts.map(host, range(8)) for one in told]

    assert [one.message for one in outcomes if not one.problem] == [message]
    topic = get_backend("sns")["123456789012"]["us-east-1"].topics[f"{CITY}-streets"]
    assert len(topic.sent_notifications) == 1
