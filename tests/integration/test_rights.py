"""Rules for what each door may ask of AWS: what it was seen to ask, and nothing besides.

A door runs against moto, every request is noted down as IAM names it, and the notes are held against the
door's policy in deploy/template.yaml, both ways. Branches that no ordinary run takes are taken on purpose.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from app import create_app
from collector import lambda_function
from collector.demo.hours import demo_tweet
from collector.demo.topics import topics_of_place
from collector.feed import start_feed
from deploy.packaging.zips import Member, zip_of
from deploy.stack import from_stack
from mailer.__main__ import cli as mailer
from report.__main__ import main as report
from report.composition import services_from, site_of
from report.errors import EngineError, StorageError
from report.places import raw_slot
from report.services import Services
from report.settings import Settings
from report.unsubscribing import foot_links
from report.window import day_window
from tests.recorded_aws import Call, Recording, never, recorded_aws
from tests.s3_server import variables_of
from tests.some_editions import save_draft
from tests.stack import ACCOUNT, GIVEN, NAME, OF_OTHERS, REGION, Stack, an_account, make_stack

Statement = dict[str, Any]
DAY = date(2025, 3, 10)
ANN = {"address": "ann@example.com", "often": "hourly", "zone": "Asia/Kolkata"}
REQUESTS = {
    "2025_feb.csv": b"service_request_id,date_requested,service_name\n1,2025-02-03,Trash\n",
    "thresholds.csv": b"service_name,department,threshold\nTrash,Streets,1\nTrash,Water,1\n",
}
"""Streets has a topic, Water has none: SNS refuses it, and the claim to tell it is given back."""
BY_LAMBDA = "runtime"
BY_THE_AGENT = "sessions"
BY_ATHENA = ("Catalog", "Bucket", "Results")
"""What AWS does in a role's name: no request of ours, so nothing to be recorded."""


@pytest.fixture(scope="module")
def stack() -> Iterator[tuple[Stack, dict[str, dict[str, list[Statement]]]]]:
    """Return the stack, and by role and policy what each may."""
    with an_account():
        made = make_stack(Engine="athena", **OF_OTHERS)
        roles = ("CollectorRole", "ScheduleRole", "MachineRole")
        yield made, {role: made.policies(role) for role in roles}


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(ACCOUNT)


@pytest.fixture(scope="module")
def environ(stack: Any, recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all that a door reads from the environment lead to the recording AWS, under the stack's names."""
    made, home = stack[0], tmp_path_factory.mktemp("machine")
    with recorded_aws(recording) as url, pytest.MonkeyPatch.context() as patch:
        variables = {
            **variables_of(url),
            "AWS_ENDPOINT_URL": url,
            "STORAGE_URL": f"s3://{made.made['Data']}",
            "SITE_URL": f"s3://{made.made['Site']}",
            "ALERT_TOPIC": made.outputs["TopicArn"],
            "METRICS_NAMESPACE": "TwitterTrends",
            "SMTP_URL": f"file:{home / 'outbox'}",
            "MAIL_OWNER": "owner@example.org",
            "MAIL_HOLD_BELOW": "0",
            "REPORT_SOURCES": f"rates=s3://{OF_OTHERS['SourcesBucket']}",
            "REPORT_RESULTS": f"requests=s3://{OF_OTHERS['ResultsBucket']}",
            "DEPARTMENT_TOPICS": f"arn:aws:sns:{REGION}:{ACCOUNT}:{OF_OTHERS['DepartmentTopics']}",
            "SECRET_KEY": "correct horse battery staple",
            "CACHE_DIR": str(home / "cache"),
        }
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.chdir(home)  # no .env of this folder
        _prepare(made)
        yield


def _prepare(stack: Stack) -> None:
    """Make what the stack has, and what was collected on two days."""
    s3 = boto3.client("s3")
    of_others = OF_OTHERS["SourcesBucket"], OF_OTHERS["ResultsBucket"]
    for bucket in (stack.made["Data"], stack.made["Site"], GIVEN["CodeBucket"], *of_others):
        s3.create_bucket(Bucket=bucket)
    boto3.client("sns").create_topic(Name=stack.outputs["TopicArn"].rpartition(":")[2])
    output = {"OutputLocation": f"s3://{stack.made['Data']}/athena-results/"}
    boto3.client("athena").create_work_group(Name=NAME, Configuration={"ResultConfiguration": output})
    for hour in (0, 9, 33):
        at = datetime(2025, 3, 10 + hour // 24, hour % 24, tzinfo=UTC)
        s3.put_object(Bucket=stack.made["Data"], Key=raw_slot(at, "feed"), Body=demo_tweet(1, at))
    cut = "raw/dt=2025-03-10/hour=09/import.jsonl"
    s3.put_object(Bucket=stack.made["Data"], Key=cut, Body=b'{"text"\n')
    for name, body in REQUESTS.items():
        s3.put_object(Bucket=stack.made["Data"], Key=f"sources/requests/{name}", Body=body)
    s3.put_object(Bucket=of_others[0], Key="cancer.csv", Body=b"cancer,population\n1,1000\n")
    boto3.client("sns").create_topic(Name=f"{OF_OTHERS['DepartmentTopics']}-streets")


def held_against(calls: Iterable[Call], statements: Iterable[Statement]) -> tuple[list[Call], list[Call]]:
    """Return the calls no statement allows, and the allowances no call needs."""
    granted = {
        Call(action, resource)
        for statement in statements
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }
    used = {call: {one for one in granted if _covers(one, call)} for call in calls}
    missing = sorted(call for call, by in used.items() if not by)
    return missing, sorted(granted - {one for by in used.values() for one in by})


def _covers(grant: Call, call: Call) -> bool:
    return grant.action == call.action and fnmatchcase(call.resource, grant.resource)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


# ---- the collector ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("environ")
def test_the_collector_may_do_what_it_does(stack: Any, recording: Recording) -> None:
    """It looks for its minute, stores it, and looks again when it is fired twice; of topics too."""
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    recording.take()
    topics = partial(topics_of_place, 1)
    with (
        start_feed(lambda moment: demo_tweet(1, now), "127.0.0.1", 0, lambda: now, topics) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        patch.setenv("FEED_URL", f"http://127.0.0.1:{server.server_port}/tweet")
        lambda_function._services.cache_clear()
        patch.setenv("TOPICS_URL", f"http://127.0.0.1:{server.server_port}/trends/place")
        event = {"time": now.isoformat()}
        stored = [lambda_function.lambda_handler(event, None)["stored"] for _ in "12"]
        calls = recording.take()
        topics_stored = [
            lambda_function.lambda_handler({**event, "collect": "topics"}, None)["stored"] for _ in "12"
        ]
        server.shutdown()
    lambda_function._services.cache_clear()

    policies = stack[1]["CollectorRole"]
    assert stored == topics_stored == [True, False]
    assert held_against(calls, policies["collect"]) == ([], [])
    stores = {call for call in recording.take() if call.action != "s3:ListBucket"}  # as of tweets
    assert held_against(stores, policies["topics"]) == ([], [])
    assert policies.keys() == {"collect", "topics", BY_LAMBDA}


def test_the_schedule_may_start_the_collector_and_say_why_not(stack: Any) -> None:
    """Of its own it calls the function, or else writes into the queue; the stack has one of each."""
    made, roles = stack
    here = f"{REGION}:{ACCOUNT}"
    needs = {
        Call("lambda:InvokeFunction", f"arn:aws:lambda:{here}:function:{made.made['Collector']}"),
        Call("sqs:SendMessage", f"arn:aws:sqs:{here}:{made.made['Lost'].rpartition('/')[2]}"),
    }

    assert held_against(needs, roles["ScheduleRole"]["start"]) == ([], [])
    assert roles["ScheduleRole"].keys() == {"start"}
    lost = [one for one in roles["CollectorRole"][BY_LAMBDA] if one["Action"] == "sqs:SendMessage"]
    assert held_against({call for call in needs if call.action == "sqs:SendMessage"}, lost) == ([], [])


# ---- the machine ------------------------------------------------------------------------------------


def run(door: Callable[..., object], *arguments: str) -> None:
    """Run a command in this process, as cron does in its own; what it exits with is not asked here."""
    with suppress(SystemExit):
        door(list(arguments), standalone_mode=False)


def an_ordinary_week(services: Services) -> None:
    """What cron, readers and the owner let the machine do."""
    run(report, "compact", "--until", "2025-03-11T13:00", "--back", "3", "--alert")
    run(report, "compact", "--until", "2025-03-12T01:00", "--back", "3", "--alert")
    run(mailer, "send", "--at", "2025-03-12T05:00:00Z")
    run(mailer, "send", "--at", "2025-03-12T05:15:00Z")
    run(report, "build", "--period", "2025-W11")
    run(report, "build", "--today")
    run(report, "publish")
    run(report, "publish", "--check")
    run(mailer, "doctor")
    pages_and_readers(services)


def pages_and_readers(services: Services) -> None:
    """Look at the pages; subscribe, confirm and leave."""
    pages = create_app(services=services, start_build=_nothing, start_asking=_nothing).test_client()
    asked = [pages.get(path).status_code for path in ("/", "/editions/2025-03-11/", "/today", "/tags/")]
    assert pages.post("/subscribe", data=ANN).status_code == 200
    run(mailer, "confirm")
    letters = [path.read_bytes() for path in Path("outbox").glob("*.eml")]
    [link] = {path for letter in letters for path in _links_to_confirm(letter)}
    assert pages.post(link).status_code == 200
    manage = foot_links(ANN["address"], "trends", services.settings)["manage"]
    assert pages.post(manage.partition("localhost:8000")[2], data={"leave": "yes"}).status_code == 200
    assert asked == [200] * 4


def _links_to_confirm(letter: bytes) -> list[str]:
    text = message_from_bytes(letter, _class=EmailMessage, policy=default).get_body(("plain",))
    return re.findall(r"/subscribe/\S+", text.get_content()) if text else []


def _nothing(*_: object) -> None:
    """Stand for a process of its own that builds or asks: the commands above are what it runs."""


def rare_branches(services: Services, recording: Recording, folder: Path) -> None:
    """What an ordinary week need not come to, by the same adapters.

    The fourth draft removes the first. A wish whose mail no server took loses its claim; a state that was
    replaced is swept after an hour; a page that is no more leaves the site. What is large goes in parts,
    and where one is refused the upload is ended.
    """
    storage = services.storage
    for minute in ("20250312T0000Z", "20250312T0001Z", "20250312T0002Z", "20250312T0003Z"):
        save_draft(storage, minute)
    storage.delete("confirmations/sent/nobody.json")
    storage.delete("state/UTC/2025-03-10-old.parquet")
    site_of(services.settings).site.delete("private/old.html")
    large = folder / "large"
    large.write_bytes(bytes(9_000_000))
    recording.refused = lambda call, query: call.action == "s3:PutObject" and "partNumber=2" in query
    for place in ("recent", "tweets", "counts/UTC", "weeks/UTC", "state/UTC"):
        with pytest.raises(StorageError):
            storage.upload(large, f"{place}/large.parquet")
    recording.refused = never


@pytest.mark.usefixtures("environ")
def test_the_machine_may_do_what_it_does(stack: Any, recording: Recording, tmp_path: Path) -> None:
    """Pages, reports, mail, departments, website: no more rights than they were seen to use, and no fewer."""
    services = services_from(Settings.from_environ(os.environ))
    recording.take()
    an_ordinary_week(services)
    rare_branches(services, recording, tmp_path)

    policies = stack[1]["MachineRole"]
    working = [one for name in ("work", "sources", "results", "departments") for one in policies[name]]
    assert held_against(recording.take(), working) == ([], [])
    assert policies.keys() == {"work", "sources", "results", "departments", "start", "athena", BY_THE_AGENT}


@pytest.mark.usefixtures("environ")
def test_what_no_name_can_limit_is_limited_otherwise(stack: Any) -> None:
    """ "*" stands only where AWS knows no names: metrics, within one namespace, and Session Manager."""
    wide = [
        (policy, statement)
        for policies in stack[1].values()
        for policy, statements in policies.items()
        for statement in statements
        if "*" in _listed(statement["Resource"])
    ]
    metrics = next(statement for policy, statement in wide if policy == "work")

    assert [policy for policy, _ in wide] == ["work", BY_THE_AGENT]
    assert metrics["Action"] == "cloudwatch:PutMetricData"
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": "TwitterTrends"}}
    actions = [one for policies in stack[1].values() for said in policies.values() for one in said]
    assert [one for statement in actions for one in _listed(statement["Action"]) if "*" in one] == []


@pytest.mark.usefixtures("environ")
def test_the_machine_may_start(stack: Any, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads its settings and each secret by name, and the one object that is the project."""
    bootstrap = Member("bootstrap.sh", b"exit 0\n", is_program=True)
    source = f"s3://{GIVEN['CodeBucket']}/{GIVEN['SourceKey']}"
    boto3.client("s3").put_object(
        Bucket=GIVEN["CodeBucket"], Key=GIVEN["SourceKey"], Body=zip_of([bootstrap])
    )
    for name, value in (("settings", "PORT='80'"), ("source", source)):
        boto3.client("ssm").put_parameter(Name=f"/{NAME}/{name}", Type="String", Value=value, Overwrite=True)
    monkeypatch.setattr(sys, "argv", ["from_stack.py", REGION, f"/{NAME}"])
    recording.take()
    with pytest.raises(SystemExit, match="0"):
        from_stack.main()

    assert held_against(recording.take(), stack[1]["MachineRole"]["start"]) == ([], [])


@pytest.mark.usefixtures("environ")
def test_the_machine_may_ask_athena(stack: Any, recording: Recording) -> None:
    """It starts a query, waits, reads, and stops one whose fate it cannot learn; the rest is Athena's."""
    settings = Settings.from_environ({**os.environ, "ENGINE": "athena", "ATHENA_WORKGROUP": NAME})
    engine = services_from(settings).engine()
    recording.take()
    with engine.open(day_window(DAY, ZoneInfo("UTC"))) as questions:
        questions.ask("document_count")
        recording.refused = lambda call, query: call.action == "athena:GetQueryExecution"
        with pytest.raises(EngineError):
            questions.ask("document_count")
        recording.refused = never

    policy = stack[1]["MachineRole"]["athena"]
    ours = [statement for statement in policy if statement["Sid"] not in BY_ATHENA]
    calls = {call for call in recording.take() if call.action.startswith("athena:")}
    assert held_against(calls, ours) == ([], [])
    assert {statement["Sid"] for statement in policy} == {"Queries", *BY_ATHENA}


# ---- the test itself --------------------------------------------------------------------------------


def test_a_right_too_few_and_one_too_many_are_both_named() -> None:
    """A policy that differs either way from what was seen is told, action and place."""
    seen = [Call("s3:GetObject", "arn:aws:s3:::b/raw/x"), Call("s3:PutObject", "arn:aws:s3:::b/raw/x")]
    policy = [{"Action": ["s3:GetObject", "s3:DeleteObject"], "Resource": "arn:aws:s3:::b/raw/*"}]

    missing, spare = held_against(seen, policy)

    assert missing == [Call("s3:PutObject", "arn:aws:s3:::b/raw/x")]
    assert spare == [Call("s3:DeleteObject", "arn:aws:s3:::b/raw/*")]
