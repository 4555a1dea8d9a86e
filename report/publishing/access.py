"""What must change at a bucket so that everybody may read the site, and nothing else.

The rules are those of https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html:
a policy that lets everybody read the site's files, and the two parts of Block Public Access off that forbid
such a policy. The two that forbid public ACLs stay as they are. Nobody is given the right to list the bucket.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from report.errors import PublishError
from report.publishing.site import ERROR, INDEX, Access
from report.words import count_of

STATEMENT = "TwitterTrendsSite"
POLICY_BLOCKS = ("BlockPublicPolicy", "RestrictPublicBuckets")
ACL_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls")


@dataclass(frozen=True)
class Bucket:
    """A bucket as it stands: its policy (JSON, or ""), what is blocked, and its website configuration."""

    name: str
    partition: str = "aws"
    policy: str = ""
    blocked: frozenset[str] = frozenset()
    website: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A change at a bucket, told before it is made."""

    says: str


@dataclass(frozen=True)
class Block(Change):
    """Leave just these parts of Block Public Access on."""

    blocked: frozenset[str]


@dataclass(frozen=True)
class WritePolicy(Change):
    """Replace the bucket's policy; an empty one is removed."""

    policy: str


@dataclass(frozen=True)
class Configure(Change):
    """Replace the website configuration."""

    website: Mapping[str, Any]


def changes_for(access: Access, prefix: str, bucket: Bucket, strangers: int = 0) -> list[Change]:
    """Return what must change at the bucket, in the order it is to be done; nothing where all is right.

    `prefix` is the site's, "" or ending in "/"; `strangers` is how many files lie there that are not the
    site's, which a policy opens too. Raise `PublishError` for a policy that is no JSON, or lets nobody read a
    website.
    """
    if access is Access.PRIVATE:
        return [*_policy_changes(bucket, [])]
    _refuse_tls_only(bucket)
    blocks = POLICY_BLOCKS if access is Access.POLICY else ACL_BLOCKS
    ours = [_statement(bucket, prefix)] if access is Access.POLICY else []
    return [
        *_website_changes(bucket, prefix),
        *_block_changes(bucket, blocks),
        *_policy_changes(bucket, ours, strangers),
    ]


def _refuse_tls_only(bucket: Bucket) -> None:
    """S3's website endpoints speak HTTP alone, and a denial outweighs whatever allows."""
    for one in _statements(_parsed(bucket)):
        asked = one.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
        if one.get("Effect") == "Deny" and str(asked).lower() in ("false", "['false']"):
            raise PublishError(
                f"the policy of bucket {bucket.name!r} denies whatever comes without TLS, by its statement "
                f"{one.get('Sid', '')!r}, and a website of S3 comes so: name another bucket in SITE_URL, "
                "or leave SITE_ACCESS=private and put CloudFront before the bucket"
            )


def _website_changes(bucket: Bucket, prefix: str) -> Iterable[Change]:
    ours = {"IndexDocument": {"Suffix": INDEX}, "ErrorDocument": {"Key": f"{prefix}{ERROR}"}}
    kept = {name: value for name, value in bucket.website.items() if name == "RoutingRules"}
    if bucket.website != kept | ours:
        yield Configure(
            f"bucket {bucket.name!r}: website configuration: {INDEX} is shown for a folder, "
            f"{prefix}{ERROR} for what is not there",
            kept | ours,
        )


def _block_changes(bucket: Bucket, blocks: Iterable[str]) -> Iterable[Change]:
    lifted = sorted(bucket.blocked.intersection(blocks))
    if lifted:
        left = bucket.blocked.difference(lifted)
        stays = f"; {', '.join(sorted(left))} stay on" if left else ""
        yield Block(f"bucket {bucket.name!r}: Block Public Access: {', '.join(lifted)} off{stays}", left)


def _policy_changes(bucket: Bucket, ours: list[dict[str, Any]], strangers: int = 0) -> Iterable[Change]:
    policy = _parsed(bucket)
    statements = _statements(policy)
    others = [one for one in statements if one.get("Sid") != STATEMENT]
    if statements == [*others, *ours]:
        return
    said = f"our statement {STATEMENT} goes, by which everybody may read it"
    if ours:
        said = f"everybody may read {ours[0]['Resource']} ({ours[0]['Action']})"
    if ours and strangers:
        said += f", {count_of(strangers, 'file')} that the site did not put there included"
    if others:
        said += f"; {len(others)} other statements stay"
    whole = {"Version": "2012-10-17", **policy, "Statement": [*others, *ours]}
    text = json.dumps(whole, indent=1) if whole["Statement"] else ""
    yield WritePolicy(f"bucket {bucket.name!r}: policy: {said}", text)


def _statement(bucket: Bucket, prefix: str) -> dict[str, Any]:
    return {
        "Sid": STATEMENT,
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:{bucket.partition}:s3:::{bucket.name}/{prefix}*",
    }


def _parsed(bucket: Bucket) -> dict[str, Any]:
    try:
        policy = json.loads(bucket.policy or "{}")
    except ValueError as error:
        raise PublishError(
            f"the policy of bucket {bucket.name!r} is no JSON ({error}): mend it first"
        ) from error
    return policy if isinstance(policy, dict) else {}


def _statements(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A policy of one statement may have it without a list around it."""
    found = policy.get("Statement", [])
    return found if isinstance(found, list) else [found]
