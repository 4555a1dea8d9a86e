"""Rules for the one template, made on moto's CloudFormation and read as data."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy.packaging.template import filled
from deploy.stack import from_stack
from report.athena_tables import athena_statements
from report.settings import SECRETS, Settings
from tests.stack import (
    ACCOUNT,
    GIVEN,
    NAME,
    OF_OTHERS,
    REGION,
    TEMPLATE,
    Stack,
    an_account,
    make_stack,
    read_template,
)

ROOT = Path(__file__).parents[2]
UNKNOWN_TO_MOTO = {
    "AWS::Athena::WorkGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::EIPAssociation",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::Schedule",
}
LARGEST_SENT_WITHOUT_A_BUCKET = 51_200
_NOT_BY_STACK = {"DKIM_KEY"}  # a key in PEM is no single line; SES signs by itself


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return read_template()


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The stack with all that is optional."""
    with an_account():
        yield make_stack(SshFrom="203.0.113.7/32", Timezone="Europe/Paris", Engine="athena", **OF_OTHERS)


@pytest.fixture(scope="module")
def plain(stack: Stack) -> Stack:
    """A stack of what must be given alone, in the same account."""
    return make_stack("plain")


# ---- the file ---------------------------------------------------------------------------------------


def test_cfn_lint_finds_nothing() -> None:
    """What CloudFormation would refuse, or regret, is found before it is asked."""
    lint = [str(Path(sys.executable).with_name("cfn-lint")), str(TEMPLATE)]
    ran = subprocess.run(lint, capture_output=True, text=True)

    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_template_can_be_sent_as_it_is() -> None:
    """It is small enough to go without a bucket, and has no aliases, which CloudFormation does not know."""
    text = TEMPLATE.read_text(encoding="utf-8")

    assert len(text.encode()) <= LARGEST_SENT_WITHOUT_A_BUCKET
    assert re.findall(r"(?::|-) [&*]\w+", text) == []


def test_what_is_said_elsewhere_is_up_to_date() -> None:
    """Tables and user data are those of the project; `make athena` writes them anew."""
    text = TEMPLATE.read_text(encoding="utf-8")

    assert filled(text, ROOT) == text


# ---- made on moto -----------------------------------------------------------------------------------


def test_each_resource_that_moto_knows_is_made(stack: Stack, resources: dict[str, Any]) -> None:
    """The rest is named here, and looked at as data below."""
    known = {name for name, one in resources.items() if one["Type"] not in UNKNOWN_TO_MOTO}

    assert stack.unknown == UNKNOWN_TO_MOTO
    assert set(stack.made) == known


def test_the_collector_is_made_of_the_zip_and_its_settings(stack: Stack) -> None:
    """It knows the feed and the bucket, and one run at a time is reserved for it."""
    client = boto3.client("lambda")
    made = client.get_function(FunctionName=stack.made["Collector"])
    environ = made["Configuration"]["Environment"]["Variables"]

    assert made["Configuration"]["Runtime"] == "python3.13"
    assert made["Concurrency"]["ReservedConcurrentExecutions"] == 1
    settings = Settings.from_environ(environ)
    assert (settings.feed_url, settings.storage_url.bucket) == (GIVEN["FeedUrl"], stack.made["Data"])


def test_the_machine_reads_settings_that_hold(stack: Stack) -> None:
    """The parameter is a file of settings: none is wrong, and the machine collects nothing itself."""
    environ = settings_of(stack)
    settings = Settings.from_environ({**environ, "SMTP_PASSWORD": "secret"})

    assert "FEED_URL" not in environ
    assert settings.mail_to == (GIVEN["MailTo"],)
    assert settings.timezone.key == "Europe/Paris"
    assert settings.public_url == stack.outputs["SiteUrl"] == f"http://{stack.outputs['PublicIp']}"
    assert settings.site_url.bucket == stack.outputs["SiteBucket"] != stack.outputs["DataBucket"]
    assert settings.alert_topic == stack.outputs["TopicArn"]
    assert environ["AWS_DEFAULT_REGION"] == REGION
    dashed = stack.outputs["PublicIp"].replace(".", "-")
    assert stack.outputs["PublicDns"] == f"ec2-{dashed}.compute-1.amazonaws.com"


def settings_of(stack: Stack) -> dict[str, str]:
    """Return the machine's settings that are no secrets."""
    said = boto3.client("ssm").get_parameter(Name=stack.made["Settings"])["Parameter"]["Value"]
    return dict(line.replace("'", "").split("=", 1) for line in said.splitlines())


def test_places_of_others_are_a_choice(stack: Stack, plain: Stack) -> None:
    """Departments are told by topics of the account; without parameters none are, and no right is given."""
    city = f"arn:aws:sns:{REGION}:{ACCOUNT}:city"

    assert settings_of(stack)["DEPARTMENT_TOPICS"] == city
    assert settings_of(plain)["DEPARTMENT_TOPICS"] == ""
    assert {"sources", "results", "departments"} <= stack.policies("MachineRole").keys()
    assert plain.policies("MachineRole").keys() == {"work", "start", "sessions"}


def test_the_owner_is_told_of_alarms(stack: Stack) -> None:
    """The topic has the owner's address from the start."""
    topic = stack.outputs["TopicArn"]
    (subscription,) = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", GIVEN["MailOwner"])


def test_ssh_is_open_to_whom_it_is_asked_for(stack: Stack, plain: Stack) -> None:
    """Port 80 is everybody's; port 22 nobody's but the one address that is given."""
    assert open_ports(plain) == {(80, "0.0.0.0/0")}
    assert open_ports(stack) == {(80, "0.0.0.0/0"), (22, "203.0.113.7/32")}


def open_ports(stack: Stack) -> set[tuple[int, str]]:
    """Return each port of the machine with who may ask there."""
    found = boto3.client("ec2").describe_security_groups(GroupIds=[stack.made["Ports"]])
    (group,) = found["SecurityGroups"]
    return {(one["FromPort"], to["CidrIp"]) for one in group["IpPermissions"] for to in one["IpRanges"]}


def test_the_machine_starts_with_the_program(stack: Stack) -> None:
    """User data is a script a shell can read, holding deploy/stack/from_stack.py to the byte."""
    said = boto3.client("ec2").describe_instance_attribute(
        InstanceId=stack.made["Machine"], Attribute="userData"
    )
    script = base64.b64decode(said["UserData"]["Value"]).decode()
    program = (ROOT / "deploy" / "stack" / "from_stack.py").read_text(encoding="utf-8")

    assert script.startswith("#!/bin/bash\n")
    assert f"<<'PYTHON'\n{program}PYTHON\n" in script
    assert f'from_stack.py {REGION} /{NAME} "$@"\n' in script
    subprocess.run(["/bin/bash", "-n"], input=script, text=True, check=True)


# ---- as data, where moto knows less -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["Data", "Site"])
def test_buckets_are_private_and_forget_nothing(resources: dict[str, Any], name: str) -> None:
    """Encrypted, versioned, closed to the public, by TLS alone; what was replaced goes after a month."""
    bucket = resources[name]
    said = bucket["Properties"]
    (statement,) = resources[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    rules = {rule["Id"]: rule for rule in said["LifecycleConfiguration"]["Rules"]}

    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert set(said["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(said["PublicAccessBlockConfiguration"]) == 4
    assert said["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert said["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert rules["what-was-replaced"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rules["uploads-cut-off"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 3}
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]


def test_no_rule_removes_what_cannot_be_made_again(resources: dict[str, Any]) -> None:
    """Of what stands now, only Athena's results go by themselves."""
    rules = resources["Data"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert [rule["Prefix"] for rule in rules if "ExpirationInDays" in rule] == ["athena-results/"]


def test_the_collector_is_started_each_minute_and_no_minute_is_lost_unseen(resources: dict[str, Any]) -> None:
    """A minute is tried again while it is young, and then lies in the queue with its reason."""
    schedule = resources["EachMinute"]["Properties"]
    target = schedule["Target"]
    retries = resources["CollectorRetries"]["Properties"]

    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert json.loads(target["Input"]) == {"time": "<aws.scheduler.scheduled-time>"}
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["Lost", "Arn"]}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 120}
    assert retries["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["Lost", "Arn"]}
    assert retries["MaximumEventAgeInSeconds"] == 120


def test_topics_are_collected_by_the_same_function_each_quarter_of_an_hour(
    resources: dict[str, Any], template: dict[str, Any], stack: Stack, plain: Stack
) -> None:
    """Where their feed is named; and their runs do not hide from the alarm that no tweet came."""
    schedule, each_minute = (resources[name] for name in ("EachQuarter", "EachMinute"))
    asked = json.loads(schedule["Properties"]["Target"].pop("Input"))
    made = boto3.client("lambda").get_function(FunctionName=stack.made["Collector"])["Configuration"]

    assert schedule["Condition"] == "HasTopics"
    assert schedule["Properties"]["ScheduleExpression"] == "rate(15 minutes)"
    assert asked == {"time": "<aws.scheduler.scheduled-time>", "collect": "topics"}
    assert schedule["Properties"]["Target"].items() <= each_minute["Properties"]["Target"].items()
    assert made["Environment"]["Variables"]["TOPICS_URL"] == OF_OTHERS["TopicsUrl"]
    assert ("CollectorTopics" in stack.made, "CollectorTopics" in plain.made) == (True, False)
    assert resources["CollectorStopped"]["Properties"]["Threshold"] == {"Fn::If": ["HasTopics", 1, 0]}
    assert template["Parameters"]["TopicsUrl"]["NoEcho"] is True


def test_the_machine_keeps_its_credentials_and_disk_to_itself(resources: dict[str, Any]) -> None:
    """Credentials need a token, the disk is encrypted, and the address outlives the machine."""
    machine = resources["Machine"]["Properties"]
    (disk,) = machine["BlockDeviceMappings"]

    assert machine["MetadataOptions"]["HttpTokens"] == "required"
    assert disk["Ebs"]["Encrypted"] is True
    assert resources["AddressOfMachine"]["Properties"] == {
        "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
        "InstanceId": {"Ref": "Machine"},
    }


def test_what_may_be_chosen_is_what_was_asked_for(template: dict[str, Any]) -> None:
    """Both micros of EC2; the newest Ubuntu 24.04 by name; the feed's password not shown again."""
    parameters = template["Parameters"]

    assert {"t2.micro", "t3.micro"} <= set(parameters["InstanceType"]["AllowedValues"])
    assert parameters["Image"]["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    assert "/ubuntu/server/24.04/stable/current/" in parameters["Image"]["Default"]
    assert parameters["FeedUrl"]["NoEcho"] is True
    secret = [name for name in parameters if re.search("password|secret", name, re.IGNORECASE)]
    assert secret == []


def test_secrets_come_by_name(resources: dict[str, Any]) -> None:
    """Each secret setting is a parameter of its own, which the machine may read; the template has none."""
    wanted = {name.upper() for name in SECRETS} - _NOT_BY_STACK
    (policy,) = (
        one for one in resources["MachineRole"]["Properties"]["Policies"] if one.get("PolicyName") == "start"
    )
    allowed = policy["PolicyDocument"]["Statement"][0]["Resource"]

    assert set(from_stack.SECRETS) == wanted
    assert {one["Fn::Sub"].rpartition("/")[2] for one in allowed} == {"settings", "source", "more", *wanted}


def test_the_alarm_of_missing_mail_is_the_one_of_the_documents(resources: dict[str, Any]) -> None:
    """deploy/missing-mail.json, made by hand or by the template, watches the same."""
    shown = json.loads((ROOT / "deploy" / "missing-mail.json").read_text(encoding="utf-8"))
    shown[0]["MetricStat"]["Metric"]["Namespace"] = {"Ref": "MetricsNamespace"}

    assert resources["MailMissing"]["Properties"]["Metrics"] == shown


def test_alarms_watch_metrics_that_somebody_puts(template: dict[str, Any], resources: dict[str, Any]) -> None:
    """A name that nobody puts would be an alarm that never comes."""
    said = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    alarms = {name: one["Properties"] for name, one in resources.items() if one["Type"].endswith("::Alarm")}
    ours = [one["MetricName"] for one in alarms.values() if "MetricName" in one]

    assert set(alarms) == {"CollectorStopped", "MailMissing", "PagesFailing", "DiskFull"}
    assert [name for name in ours if f"`{name}`" not in said] == []
    assert all(one["AlarmActions"] == one["OKActions"] == [{"Ref": "Alarms"}] for one in alarms.values())
    assert template["Parameters"]["MetricsNamespace"]["Default"] == "TwitterTrends"


def test_a_query_cannot_scan_without_end(resources: dict[str, Any]) -> None:
    """The workgroup's own limit holds for whoever asks, and cannot be set aside."""
    said = resources["Queries"]["Properties"]["WorkGroupConfiguration"]

    assert said["EnforceWorkGroupConfiguration"] is True
    assert said["BytesScannedCutoffPerQuery"] == {"Fn::Sub": "${AthenaLimitGB}000000000"}


# ---- tables -----------------------------------------------------------------------------------------


def in_ddl(statement: str) -> dict[str, Any]:
    """Return what a CREATE TABLE of ours says, read back from its text."""
    body = statement.partition("(\n")[2].partition("\n)")[0]
    partitions = re.search(r"PARTITIONED BY \((.*)\)", statement)
    properties = statement.partition("TBLPROPERTIES")[2]
    return {
        "columns": re.findall(r"`(\w+)` (.+?),?$", body, re.MULTILINE),
        "partitions": re.findall(r"`(\w+)` (\w+)", partitions[1] if partitions else ""),
        "location": re.findall(r"LOCATION '(.*)'", statement),
        "properties": dict(re.findall(r"'(.+?)' = '(.+?)'", properties)),
        "reader": re.findall(r"SERDE '(.*)'", statement),
        "options": dict(re.findall(r"'(.+?)' = '(.+?)'", "".join(re.findall("WITH SERDE.*", statement)))),
        "is_parquet": "STORED AS PARQUET" in statement,
    }


def in_glue(table: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the same of a table of the template, with the names of the stack filled in."""

    def said(value: Any) -> str:
        text = value["Fn::Sub"] if isinstance(value, dict) else value
        for name, filling in names.items():
            text = text.replace(f"${{{name}}}", filling)
        return str(text).replace("${!", "${")

    described = table["TableInput"]
    storage = described["StorageDescriptor"]
    reader = storage["SerdeInfo"]
    is_parquet = "parquet" in reader["SerializationLibrary"]
    return {
        "columns": [(one["Name"], one["Type"]) for one in storage["Columns"]],
        "partitions": [(one["Name"], one["Type"]) for one in described["PartitionKeys"]],
        "location": [said(storage["Location"])],
        "properties": {
            name: said(one) for name, one in described["Parameters"].items() if name != "EXTERNAL"
        },
        "reader": [] if is_parquet else [reader["SerializationLibrary"]],
        "options": reader.get("Parameters", {}),
        "is_parquet": is_parquet,
    }


def test_the_catalog_says_what_the_statements_say(resources: dict[str, Any]) -> None:
    """Column by column: the tables of the template are those of `python -m report athena-tables`."""
    statements = athena_statements("trends", "s3://the-bucket/", "Europe/Paris", date(2026, 11, 20))
    tables = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Glue::Table"]
    names = {"Data": "the-bucket", "Timezone": "Europe/Paris"}

    assert {one["TableInput"]["Name"]: in_glue(one, names) for one in tables} == {
        name.removesuffix(".sql"): in_ddl(text)
        for name, text in statements.items()
        if text.startswith("CREATE EXTERNAL TABLE")
    }
