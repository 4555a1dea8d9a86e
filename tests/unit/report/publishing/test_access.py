"""Rules for who may read a site: what is changed at its bucket, and that it is told."""

import json
from pathlib import Path

import pytest

from report.errors import PublishError, SettingsError
from report.publishing.access import Block, Bucket, Change, Configure, WritePolicy, changes_for
from report.publishing.apart import check_apart, private_places
from report.publishing.site import Access
from report.setting_rules import StorageUrl
from report.settings import Settings

ALL_BLOCKED = frozenset({"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"})
THEIRS = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def a_policy(*statements: dict[str, str]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def after(bucket: Bucket, changes: list[Change]) -> Bucket:
    """Return the bucket as it stands once the changes are made."""
    policy, blocked, website = bucket.policy, bucket.blocked, bucket.website
    for change in changes:
        if isinstance(change, WritePolicy):
            policy = change.policy
        elif isinstance(change, Block):
            blocked = change.blocked
        elif isinstance(change, Configure):
            website = change.website
    return Bucket(bucket.name, bucket.partition, policy, blocked, website)


def test_by_policy_just_what_is_needed_is_opened() -> None:
    """Reading the site's files, and no more: ACLs stay blocked, and nobody may list the bucket."""
    bucket = Bucket("site", blocked=ALL_BLOCKED)

    opened = after(bucket, changes_for(Access.POLICY, "reports/", bucket))

    assert opened.blocked == {"BlockPublicAcls", "IgnorePublicAcls"}
    assert json.loads(opened.policy)["Statement"] == [
        {
            "Sid": "TwitterTrendsSite",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::site/reports/*",
        }
    ]
    assert opened.website == {
        "IndexDocument": {"Suffix": "index.html"},
        "ErrorDocument": {"Key": "reports/404.html"},
    }


@pytest.mark.parametrize("asked", ["false", False, ["false"]], ids=["a word", "a truth value", "a list"])
def test_a_bucket_for_tls_alone_is_no_website(asked: object) -> None:
    """Every reader would be refused, for S3's websites know no TLS: said before anything is opened."""
    deny = {**THEIRS, "Sid": "TlsOnly", "Condition": {"Bool": {"aws:SecureTransport": asked}}}
    bucket = Bucket("site", policy=json.dumps({"Statement": [deny]}))

    for access in (Access.POLICY, Access.ACL):
        with pytest.raises(PublishError, match="denies whatever comes without TLS, by its statement 'Tls"):
            changes_for(access, "", bucket)
    assert changes_for(Access.PRIVATE, "", bucket) == []


def test_blocks_fall_before_the_policy_comes() -> None:
    """S3 refuses a public policy while Block Public Access is on."""
    kinds = [type(change) for change in changes_for(Access.POLICY, "", Bucket("site", blocked=ALL_BLOCKED))]

    assert kinds == [Configure, Block, WritePolicy]


@pytest.mark.parametrize("access", list(Access))
def test_what_is_right_is_not_changed(access: Access) -> None:
    """A second run finds the bucket as it should be."""
    bucket = Bucket("site", blocked=ALL_BLOCKED)
    opened = after(bucket, changes_for(access, "", bucket))

    assert changes_for(access, "", opened) == []


def test_acls_need_the_other_two_blocks_off() -> None:
    """By ACL no policy is written, and the blocks that forbid public policies stay."""
    bucket = Bucket("site", blocked=ALL_BLOCKED)

    opened = after(bucket, changes_for(Access.ACL, "", bucket))

    assert opened.blocked == {"BlockPublicPolicy", "RestrictPublicBuckets"}
    assert opened.policy == ""


def test_others_statements_stay() -> None:
    """A policy that somebody else wrote keeps all it says, when ours comes and when it goes."""
    bucket = Bucket("site", policy=a_policy(THEIRS))

    opened = after(bucket, changes_for(Access.POLICY, "", bucket))
    closed = after(opened, changes_for(Access.PRIVATE, "", opened))

    assert [one["Sid"] for one in json.loads(opened.policy)["Statement"]] == ["Theirs", "TwitterTrendsSite"]
    assert json.loads(closed.policy) == json.loads(bucket.policy)


def test_a_site_that_turns_private_is_closed() -> None:
    """Our statement goes with the setting that asked for it; a policy of ours alone goes whole."""
    bucket = Bucket("site")
    opened = after(bucket, changes_for(Access.POLICY, "", bucket))

    assert after(opened, changes_for(Access.PRIVATE, "", opened)).policy == ""


def test_routing_rules_stay() -> None:
    """Rules that somebody gave the website are kept beside our two documents."""
    rules = [{"Redirect": {"HostName": "example.org"}}]
    bucket = Bucket("site", website={"RoutingRules": rules, "IndexDocument": {"Suffix": "home.html"}})

    opened = after(bucket, changes_for(Access.POLICY, "", bucket))

    assert opened.website["RoutingRules"] == rules
    assert opened.website["IndexDocument"] == {"Suffix": "index.html"}


def test_each_change_is_told() -> None:
    """What is opened is said by its names: the bucket, the blocks, the resource."""
    said = " ".join(
        change.says for change in changes_for(Access.POLICY, "x/", Bucket("site", blocked=ALL_BLOCKED))
    )

    for word in (
        "'site'",
        "BlockPublicPolicy, RestrictPublicBuckets off",
        "arn:aws:s3:::site/x/*",
        "x/404.html",
    ):
        assert word in said


def test_what_else_lies_there_is_told() -> None:
    """A policy opens every file below the prefix; whoever put others there is warned."""
    change = changes_for(Access.POLICY, "", Bucket("site"), strangers=3)[-1]

    assert "3 files that the site did not put there included" in change.says


def test_a_partition_has_its_own_names() -> None:
    """In China a bucket's name begins otherwise."""
    changes = changes_for(Access.POLICY, "", Bucket("site", "aws-cn"))

    assert "arn:aws-cn:s3:::site/*" in changes[-1].says


def test_a_policy_that_is_no_json_is_left_alone() -> None:
    """What we cannot read we do not write over."""
    with pytest.raises(PublishError, match="policy of bucket 'site' is no JSON"):
        changes_for(Access.POLICY, "", Bucket("site", policy="{"))


@pytest.mark.parametrize(
    ("site", "ours"),
    [
        pytest.param(("b", ""), ("b", ""), id="one bucket"),
        pytest.param(("b", "site/"), ("b", ""), id="within ours"),
        pytest.param(("b", ""), ("b", "data/"), id="around ours"),
        pytest.param(("b", "data/site/"), ("b", "data/"), id="below ours"),
        pytest.param(("b", "data/"), ("b", "data/"), id="the same prefix"),
    ],
)
def test_a_site_among_the_data_is_refused(site: tuple[str, str], ours: tuple[str, str]) -> None:
    """Raw tweets and readers' addresses never lie where everybody may read, nor a site among them."""
    with pytest.raises(SettingsError, match="SITE_URL lies where STORAGE_URL does"):
        check_apart(StorageUrl(None, *site), StorageUrl(None, *ours))


@pytest.mark.parametrize(
    ("site", "ours"),
    [
        pytest.param(StorageUrl(None, "a", ""), StorageUrl(None, "b", ""), id="two buckets"),
        pytest.param(StorageUrl(None, "b", "site/"), StorageUrl(None, "b", "data/"), id="two prefixes"),
        pytest.param(StorageUrl(None, "a", ""), StorageUrl(Path("data")), id="a bucket and a folder"),
        pytest.param(StorageUrl(Path("site")), StorageUrl(Path("data")), id="two folders"),
    ],
)
def test_a_site_apart_is_taken(site: StorageUrl, ours: StorageUrl) -> None:
    """Places of which neither holds the other."""
    check_apart(site, ours)


def test_a_site_among_what_athena_puts_out_is_refused() -> None:
    """Results of queries hold tweets."""
    with pytest.raises(SettingsError, match="SITE_URL lies where ATHENA_OUTPUT does"):
        check_apart(StorageUrl(None, "b", ""), StorageUrl(None, "b", "results/"), "ATHENA_OUTPUT")


def test_all_that_is_ours_alone_is_known() -> None:
    """In sources of reports, in the folder of mail and that of what was told stand people's addresses."""
    said = {
        "STORAGE_URL": "s3://data/tweets/",
        "ATHENA_OUTPUT": "s3://data/results/",
        "REPORT_SOURCES": "requests=s3://city/in,rates=file:/srv/in",
        "SMTP_URL": "file:/srv/outbox",
        "DEPARTMENT_TOPICS": "file:/srv/told",
    }

    assert list(private_places(Settings.from_environ(said))) == [
        ("STORAGE_URL", StorageUrl(None, "data", "tweets/")),
        ("ATHENA_OUTPUT", StorageUrl(None, "data", "results/")),
        ("REPORT_SOURCES", StorageUrl(None, "city", "in/")),
        ("REPORT_SOURCES", StorageUrl(Path("/srv/in"))),
        ("SMTP_URL", StorageUrl(Path("/srv/outbox"))),
        ("DEPARTMENT_TOPICS", StorageUrl(Path("/srv/told"))),
    ]


def test_a_folder_within_the_data_is_refused(tmp_path: Path) -> None:
    """By whatever name it is called: a link, or a way round."""
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")

    for site in (tmp_path / "link" / "site", tmp_path / "data" / ".." / "data", tmp_path):
        with pytest.raises(SettingsError, match="neither within it nor around it"):
            check_apart(StorageUrl(site), StorageUrl(tmp_path / "data"))
