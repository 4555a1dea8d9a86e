"""The stack of deploy/template.yaml: read as data, and made on moto's CloudFormation."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from deploy.packaging.zips import Member, zip_of
from tests.s3_server import variables_of

TEMPLATE = Path(__file__).parents[1] / "deploy" / "template.yaml"
NAME = "trends"
ACCOUNT = "123456789012"
REGION = "us-east-1"
GIVEN = {
    "CodeBucket": "the-code",
    "SourceKey": "source.zip",
    "FeedUrl": "https://feed.example/tweet",
    "MailFrom": "trends@example.org",
    "MailTo": "boss@example.org",
    "MailOwner": "owner@example.org",
    "SmtpUrl": "smtp+starttls://AKIA@email-smtp.us-east-1.amazonaws.com:587",
}
OF_OTHERS = {
    "SourcesBucket": "of-others",
    "ResultsBucket": "for-others",
    "DepartmentTopics": "city",
    "TopicsUrl": "https://feed.example/trends/place?id=1",
}
"""What reports beside the trends may be given."""
_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"
_IMAGE = "ami-03cf127a"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as its long ones."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise AssertionError(f"!{suffix} of what is no text and no list")
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


def read_template() -> dict[str, Any]:
    """Return the template with each of its functions in the long form."""
    read: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
    return read


@dataclass(frozen=True)
class Stack:
    """A stack that moto made; `made` has each resource's physical id by its name in the template."""

    made: Mapping[str, str]
    outputs: Mapping[str, str]
    unknown: frozenset[str]
    """The types of resources that moto's CloudFormation does not know."""

    def policies(self, role: str) -> dict[str, list[dict[str, Any]]]:
        """Return the statements of each policy of a role, with every name filled in."""
        iam = boto3.client("iam")
        names = iam.list_role_policies(RoleName=self.made[role])["PolicyNames"]
        documents = {
            name: iam.get_role_policy(RoleName=self.made[role], PolicyName=name)["PolicyDocument"]
            for name in names
        }
        # moto keeps what CloudFormation gives it as Python's own spelling of it
        return {name: ast.literal_eval(str(said))["Statement"] for name, said in documents.items()}


@contextmanager
def an_account() -> Iterator[None]:
    """Give boto3's clients an account of their own, with what every stack needs, until the block ends."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in variables_of("").items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL_S3")
        _put_what_it_needs()
        yield


def make_stack(name: str = NAME, **changes: str) -> Stack:
    """Make the stack in the account, with these parameters besides those that must be given."""
    # moto asks for a parameter's default even where another is given
    template = TEMPLATE.read_text(encoding="utf-8").replace(_UBUNTU, "/ubuntu")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        return _create(name, template, GIVEN | changes, told)


def _put_what_it_needs() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=GIVEN["CodeBucket"])
    s3.put_object(Bucket=GIVEN["CodeBucket"], Key="function.zip", Body=zip_of([Member("a.py", b"")]))
    boto3.client("ssm").put_parameter(Name="/ubuntu", Type="String", Value=_IMAGE)


def _create(name: str, template: str, given: Mapping[str, str], told: list[warnings.WarningMessage]) -> Stack:
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=template,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    words = [str(one.message).split() for one in told]
    return Stack(
        {
            one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
            for one in resources
            if "LogicalResourceId" in one
        },
        {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]},
        frozenset(said[3] for said in words if said[:3] == ["Tried", "to", "parse"]),
    )
