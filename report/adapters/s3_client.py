"""How S3 is reached: a client with limits on every wait, and the rules for a bucket's name."""

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from boto3.session import Session
from botocore import UNSIGNED
from botocore.client import Config
from botocore.exceptions import BotoCoreError

from report.errors import BadKey, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 64
CONNECT_SECONDS = 5
READ_SECONDS = 30
_ATTEMPTS = 4
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_KEPT_BY_AWS = (
    ("xn--", "sthree-", "amzn-s3-demo-"),
    ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"),
)


def s3_client(anonymous: bool, attempts: int = _ATTEMPTS, region: str | None = None) -> "S3Client":
    """Return a client set up by boto3's own variables; an anonymous one signs nothing (public buckets).

    A request that failed in a way that can pass is tried `attempts` times in all, here and nowhere
    else. `region` is boto3's own unless given. Raise `StorageError` where boto3's own settings are wrong.
    """
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        signature_version=UNSIGNED if anonymous else "s3v4",
    )
    try:
        return Session().client("s3", region_name=region, config=config)
    except (BotoCoreError, ValueError) as error:
        raise StorageError(
            f"cannot set up S3: {error}; check the AWS_… variables and ~/.aws/config"
        ) from error


def is_anonymous(client: "S3Client") -> bool:
    """Tell whether the client signs nothing."""
    return not isinstance(vars(client.meta.config)["signature_version"], str)


def check_region(name: str) -> None:
    """Raise `BadKey` for a region AWS had none of when boto3 was released."""
    session = Session()
    known = [
        one
        for part in session.get_available_partitions()
        for one in session.get_available_regions("s3", part)
    ]
    if name not in known:
        nearest = get_close_matches(name, known, n=1)
        raise BadKey(
            f"region {name!r} is none that boto3 knows of; to use it all the same, set AWS_DEFAULT_REGION"
            + "".join(f"; is it {one!r}?" for one in nearest)
        )


def check_bucket_name(name: str) -> None:
    """Raise `BadKey` unless S3 could have a bucket of this name.

    The rules are those of https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
    """
    problem = _name_problem(name)
    if problem:
        raise BadKey(f"bucket name {name!r} {problem}")


def _name_problem(name: str) -> str | None:
    if not 3 <= len(name) <= 63:
        return "must be 3 to 63 signs long"
    if not re.fullmatch(r"[a-z0-9.-]+", name):
        return "may hold only a-z, 0-9, '-' and '.'"
    if not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return "must begin and end, and go on after each '.', with a letter or digit"
    if re.fullmatch(r"\d+(\.\d+){3}", name):
        return "must not look like an IP address"
    first, last = _KEPT_BY_AWS
    if name.startswith(first) or name.endswith(last):
        return "begins or ends in a way AWS keeps for itself"
    return None
