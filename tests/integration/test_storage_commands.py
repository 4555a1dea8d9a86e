"""Rules for `python -m report storage`, in a folder and in S3."""

import json
import os
import pty
import re
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.storage import Description, Storage
from tests.canned_s3 import canned, refusal
from tests.s3_server import put_unasked, variables_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).parents[2]
HOSTILE = "raw/\x9b31m\u202etxt.exe"


class Home:
    """A folder to work in, with a storage, and somebody who types commands there."""

    def __init__(self, folder: Path, storage: Storage, url: str) -> None:
        self.folder = folder
        self.storage = storage
        self.url = url
        self.at = f"{url}/" if url.startswith("s3:") else "data/"

    def __call__(self, *arguments: str, text: str | None = None) -> Result:
        return CliRunner().invoke(main, ["storage", *arguments], input=text)

    def done(self, *arguments: str) -> str:
        """Return what a command that succeeds writes."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str, status: int = 1) -> str:
        """Return what a command says that fails in an orderly way."""
        result = self(*arguments)
        assert result.exit_code == status, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        return result.stderr

    def keys(self) -> list[str]:
        return [info.key for info in self.storage.list()]


@pytest.fixture(params=["folder", "s3"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Each kind of storage, empty."""
    if request.param == "s3":
        return request.getfixturevalue("home_s3")  # type: ignore[no-any-return]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef")
    monkeypatch.setenv("TIMEZONE", "Europe/Paris")
    return Home(tmp_path, DirectoryStorage(tmp_path / "data"), "")


@pytest.fixture
def home_s3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_endpoint: str, s3: "S3Client", bucket: str
) -> Home:
    """A bucket, and boto3's variables for it."""
    monkeypatch.chdir(tmp_path)
    for name, value in variables_of(s3_endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STORAGE_URL", f"s3://{bucket}/some/prefix")
    monkeypatch.setenv("TIMEZONE", "Europe/Paris")
    return Home(tmp_path, S3Storage(s3, bucket, "some/prefix"), f"s3://{bucket}/some/prefix")


@pytest.fixture
def denying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Return what makes the commands' S3 give canned answers."""

    def use(url: str) -> Home:
        monkeypatch.chdir(tmp_path)
        for name, value in (variables_of(url) | {"AWS_MAX_ATTEMPTS": "1"}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("STORAGE_URL", "s3://bucket")
        return Home(tmp_path, None, "s3://bucket")  # type: ignore[arg-type]

    return use


def a_file(name: str, body: bytes = b"a,b\n1,\xc3\xbc\n") -> Path:
    path = Path(name)
    path.write_bytes(body)
    return path


# ---- put, head, cat, get --------------------------------------------------------------------------------


def test_a_file_goes_there_and_comes_back(home: Home) -> None:
    """What is put is what is got and shown, under the key that is said."""
    a_file("x.csv")

    assert home.done("put", "x.csv", "docs/y.csv") == (f"{home.at}docs/y.csv: 9 B, text/csv; charset=utf-8\n")
    assert home.done("get", "docs/y.csv") == "y.csv: 9 B\n"
    assert Path("y.csv").read_bytes() == home.storage.get("docs/y.csv") == Path("x.csv").read_bytes()
    assert home.done("cat", "docs/y.csv") == "a,b\n1,ü\n"


def test_a_folder_takes_the_files_name(home: Home) -> None:
    """A key that ends in "/" is where the file goes, and a folder here is where the object goes."""
    a_file("x.csv")
    Path("here").mkdir()

    home.done("put", "x.csv", "docs/")
    home.done("get", "docs/x.csv", "here")

    assert home.keys() == ["docs/x.csv"]
    assert Path("here/x.csv").is_file()


def test_type_and_metadata_are_kept(home: Home) -> None:
    """A given type beats the guess; notes are kept, and head shows all there is to know."""
    a_file("x.csv")
    notes = ("--metadata", "Owner=The boss", "--metadata", "n=a=b")

    home.done("put", "x.csv", "x", "--content-type", "text/x-own", *notes)

    assert home.storage.describe("x") == Description("text/x-own", {"owner": "The boss", "n": "a=b"})
    shown = home.done("head", "x")
    assert re.search(r"^size +9 B \(9 bytes\)$", shown, re.M)
    assert re.search(r"^modified +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0\d00 \(Europe/Paris\)$", shown, re.M)
    assert re.search(r"^metadata +n=a=b\nmetadata +owner=The boss$", shown, re.M)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--metadata", "novalue"], id="no value"),
        pytest.param(["--content-type", "text"], id="no subtype"),
        pytest.param(["--content-type", "text/html\r\nX-Evil: 1"], id="a header more"),
    ],
)
def test_a_bad_option_is_refused(home: Home, arguments: list[str]) -> None:
    """Wrong usage is said before anything is sent."""
    a_file("x.csv")

    home.refused("put", "x.csv", "x", *arguments, status=2)

    assert home.keys() == []


def test_nothing_is_replaced_unasked(home: Home) -> None:
    """Neither an object nor a file is replaced without --force."""
    a_file("x", b"new")
    home.storage.put("x", b"old")

    assert "is there already: --force" in home.refused("put", "x", "x")
    assert "is there already: --force" in home.refused("get", "x")
    assert (home.storage.get("x"), Path("x").read_bytes()) == (b"old", b"new")

    home.done("get", "x", "--force")
    assert Path("x").read_bytes() == b"old"
    a_file("x", b"newest")
    home.done("put", "x", "x", "--force")
    assert home.storage.get("x") == b"newest"


def test_only_a_file_is_replaced(home: Home) -> None:
    """--force puts no file in the place of a device or of a link to nowhere."""
    home.storage.put("x", b"")
    Path("device").symlink_to("/dev/null")
    Path("nowhere").symlink_to("absent")

    for name in ("device", "nowhere"):
        assert "is no ordinary file" in home.refused("get", "x", name, "--force")
        assert Path(name).is_symlink()


def test_a_file_got_is_our_own(home: Home) -> None:
    """Writing to a file that was got changes nothing in storage."""
    home.storage.put("x", b"stored")
    home.done("get", "x")
    Path("x").write_bytes(b"edited")

    assert home.storage.get("x") == b"stored"


def test_a_failed_get_leaves_nothing(home: Home) -> None:
    """What is not there, or has nowhere to go, leaves no half file."""
    home.storage.put("x", b"stored")

    assert "missing" in home.refused("get", "missing")
    assert "cannot write absent/x" in home.refused("get", "x", "absent/x")
    assert [path.name for path in home.folder.iterdir() if path.name != "data"] == []


@pytest.mark.parametrize("key", ["folder/", "a/\x9bb"])
def test_a_key_without_a_files_name_asks_for_one(home: Home, key: str) -> None:
    """A file is not called by what cannot be typed."""
    home.storage.put(key, b"")

    assert "write FILE" in home.refused("get", key, status=2)
    home.done("get", key, "plain")


def test_a_local_file_that_is_missing_is_named(home: Home) -> None:
    """A slip in the file's name is wrong usage."""
    assert "absent" in home.refused("put", "absent", "x", status=2)


# ---- ls, rm, mkdir --------------------------------------------------------------------------------------


def test_a_level_is_listed_and_all_of_it(home: Home) -> None:
    """Without --recursive a folder is one line; the totals are of what was shown."""
    for key in ("raw/a/b", "raw/a/c", "raw/d", "other"):
        home.storage.put(key, b"1234")

    lines = home.done("ls", "raw/").splitlines()
    assert [line.split()[-1] for line in lines[1:-1]] == ["raw/a/", "raw/d"]
    assert lines[-1] == "1 object beside 1 folder, 4 B (4 bytes)"
    assert home.done("ls", "raw/", "--recursive").splitlines()[-1] == "3 objects, 12 B (12 bytes)"
    found = json.loads(home.done("ls", "--recursive", "--format", "json"))
    assert [entry["key"] for entry in found["entries"]] == home.keys()
    assert (found["objects"], found["bytes"]) == (4, 16)


def test_an_empty_place_has_totals(home: Home) -> None:
    """Nothing is an answer."""
    assert home.done("ls", "nothing/").splitlines()[-1] == "0 objects, 0 B (0 bytes)"


def test_a_hostile_key_steers_no_terminal(home: Home) -> None:
    """Whatever a key holds, no command writes a control sign, in its answers or its errors."""
    home.storage.put(HOSTILE, b"\x1b]0;title\x07")
    a_file("x")
    for arguments in (
        ["ls", "--recursive"],
        ["ls", "raw/", "--format", "json"],
        ["head", HOSTILE],
        ["put", "x", HOSTILE],
        ["get", HOSTILE, f"absent/{HOSTILE}"],
        ["put", "x", HOSTILE, "--force"],
        ["rm", HOSTILE + "x"],
        ["rm", HOSTILE],
        ["mkdir", HOSTILE],
        ["head", HOSTILE],
    ):
        output = home(*arguments).output
        assert output
        assert all(line.isprintable() for line in output.splitlines())


def test_an_object_is_removed(home: Home) -> None:
    """rm removes the one object that is named, and says so of one that is not there."""
    for key in ("raw/a", "raw/b", "rawer/a"):
        home.storage.put(key, b"")

    home.done("rm", "raw/a")

    assert home.keys() == ["raw/b", "rawer/a"]
    assert "raw/a" in home.refused("rm", "raw/a")
    assert "--recursive removes what is below 'raw/'" in home.refused("rm", "raw")


def test_a_folder_is_removed_when_meant(home: Home) -> None:
    """--recursive asks first, takes a folder by its whole name, and removes what is below."""
    for key in ("raw/a", "raw/b/c", "rawer/a", "raw"):
        if not (key == "raw" and home.at == "data/"):  # a folder can't hold a folder and a file of one name
            home.storage.put(key, b"")

    before = home.keys()

    assert home("rm", "raw", "--recursive").exit_code == 1  # nobody answers
    assert home("rm", "raw", "--recursive", text="n\n").exit_code == 1
    assert home.keys() == before
    answered = home("rm", "raw", "--recursive", text="y\n")
    assert f"Remove 2 objects, 0 B (0 bytes), below {home.at}raw/?" in answered.output

    assert home.keys() == [key for key in before if not key.startswith("raw/")]
    assert "nothing below" in home.refused("rm", "raw", "--recursive")
    assert home.done("rm", "rawer/", "--recursive", "--yes") == "removed 1 of 1\n"


def test_everything_is_not_removed_by_a_slip(home: Home) -> None:
    """An empty word, as an unset variable of a shell gives it, removes nothing."""
    home.storage.put("a", b"")

    home.refused("rm", "--recursive", "--yes", "", status=2)
    home.refused("rm", "--recursive", "--yes", "/")

    assert home.keys() == ["a"]


def test_a_folder_is_made(home: Home) -> None:
    """mkdir puts the object of no bytes whose key ends in "/", once."""
    home.done("mkdir", "a/b")

    assert home.keys() == ["a/b/"]
    assert home.storage.get("a/b/") == b""
    assert "already" in home.refused("mkdir", "a/b/")
    assert home.done("ls", "a/").splitlines()[1].split()[-1] == "a/b/"


# ---- share ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("expires", "seconds"), [("30m", 1800), ("1h", 3600), ("7d", 604800), ("90s", 90)])
def test_a_link_opens_until_it_is_over(home_s3: Home, expires: str, seconds: int) -> None:
    """The link opens the object, lives as long as was asked for, and the end is said."""
    home_s3.storage.put("a b", b"shared")
    result = home_s3("share", "a b", "--expires", expires)

    link = result.stdout.strip()
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == [str(seconds)]
    assert "opens until" in result.stderr
    assert "(Europe/Paris)" in result.stderr
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"shared"


def test_temporary_credentials_are_mentioned(home_s3: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link signed by a role may end before its time: that is said."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    home_s3.storage.put("a", b"")

    assert "temporary credentials" in home_s3("share", "a").stderr


@pytest.mark.parametrize(
    ("expires", "status", "said"),
    [
        ("8d", 1, "7 days, the longest for which S3 honours a signature"),
        ("169h", 1, "7 days"),
        ("0m", 1, "one second"),
        ("1w", 2, "write 30m, 1h or 7d"),
        ("999999999d", 2, "write 30m, 1h or 7d"),
    ],
)
def test_a_link_has_its_limits(home: Home, expires: str, status: int, said: str) -> None:
    """More than seven days is refused with the reason."""
    home.storage.put("a", b"")

    assert said in home.refused("share", "a", "--expires", expires, status=status)


def test_what_is_missing_is_not_shared(home: Home) -> None:
    """A link to nothing is not made."""
    assert "missing" in home.refused("share", "missing")


def test_a_folders_link_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder's link leads to our web server, by PUBLIC_URL, and ends."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef")
    monkeypatch.setenv("PUBLIC_URL", "https://trends.example.org")
    home = Home(tmp_path, DirectoryStorage(tmp_path / "data"), "")
    home.storage.put("a b", b"")

    link = urlsplit(home.done("share", "a b").strip())

    assert (link.netloc, link.path) == ("trends.example.org", "/files/a%20b")
    assert parse_qs(link.query).keys() == {"expires", "signature"}


# ---- other buckets, and buckets themselves --------------------------------------------------------------


def test_any_bucket_can_be_named(home: Home, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    """s3://bucket/key is one of another bucket, whatever STORAGE_URL says, and from its root."""
    endpoint, other = request.getfixturevalue("s3_endpoint"), request.getfixturevalue("bucket")
    for name, value in variables_of(endpoint).items():
        monkeypatch.setenv(name, value)
    a_file("x.csv")

    assert home.done("put", "x.csv", f"s3://{other}/y/").startswith(f"s3://{other}/y/x.csv: 9 B")
    assert home.done("ls", f"s3://{other}").splitlines()[1].split()[-1] == "y/"
    assert home.done("cat", f"s3://{other}/y/x.csv") == "a,b\n1,ü\n"
    assert home.done("rm", "--recursive", "--yes", f"s3://{other}/") == "removed 1 of 1\n"
    assert "names no key" in home.refused("cat", f"s3://{other}", status=2)
    assert "bucket name 'Bad'" in home.refused("ls", "s3://Bad/x")


def test_a_public_bucket_is_read_without_credentials(
    home_s3: Home, monkeypatch: pytest.MonkeyPatch, s3: "S3Client", bucket: str
) -> None:
    """--anonymous signs nothing, so no credentials are needed."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    home_s3.storage.put("a", b"public")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    assert home_s3.done("cat", "a", "--anonymous") == "public"
    assert home_s3.done("get", f"s3://{bucket}/some/prefix/a", "--anonymous") == "a: 6 B\n"
    assert "AWS_ACCESS_KEY_ID" in home_s3.refused("cat", "a")


def test_buckets_are_made_listed_and_removed(home_s3: Home, s3: "S3Client") -> None:
    """A bucket comes into being in its region, is listed, and goes when it is empty."""
    name = f"trends-{secrets.token_hex(8)}"

    assert "eu-west-1" in home_s3.done("buckets", "create", name, "--region", "eu-west-1")
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    assert re.search(rf"^\d{{4}}-\d\d-\d\d .* {name}$", home_s3.done("buckets"), re.M)
    s3.put_object(Bucket=name, Key="x", Body=b"")
    assert f"bucket '{name}' is not empty" in home_s3.refused("buckets", "delete", name)
    assert home_s3.done("rm", "--recursive", "--yes", f"s3://{name}") == "removed 1 of 1\n"
    home_s3.done("buckets", "delete", name)
    assert name not in home_s3.done("buckets")
    assert "there is no bucket" in home_s3.refused("buckets", "delete", name)


def test_a_bucket_is_made_where_boto3_works(home_s3: Home, s3: "S3Client") -> None:
    """Without --region it is made in boto3's own, of which S3 wants no word if it is the first one."""
    name = f"trends-{secrets.token_hex(8)}"

    assert "in us-east-1; to use it, set STORAGE_URL=" in home_s3.done("buckets", "create", name)
    assert "is there already" in home_s3.refused("buckets", "create", name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Upper"], "may hold only a-z, 0-9"),
        (["ab"], "3 to 63 signs"),
        (["good-name", "--region", "eu-wset-1"], "is it 'eu-west-1'?"),
    ],
)
def test_a_bucket_that_cannot_be_is_refused(home_s3: Home, arguments: list[str], said: str) -> None:
    """Rules of names and regions are told before S3 is asked."""
    assert said in home_s3.refused("buckets", "create", *arguments)


def test_a_folder_has_no_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a folder, what only S3 has is said to be S3's, with what to set."""
    monkeypatch.chdir(tmp_path)
    home = Home(tmp_path, DirectoryStorage(tmp_path / "data"), "")
    a_file("x.csv")

    for arguments in ([], ["create", "a-name"], ["delete", "a-name"]):
        assert "STORAGE_URL is the folder data" in home.refused("buckets", *arguments)
    assert "--public is for S3" in home.refused("put", "x.csv", "x", "--public", status=2)
    assert "--anonymous is for S3" in home.refused("ls", "--anonymous", status=2)
    home.storage.put("x", b"")
    assert "set SECRET_KEY" in home.refused("share", "x")


# ---- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        (["buckets"], "denies the list of buckets: allow s3:ListAllMyBuckets"),
        (["buckets", "create", "a-bucket"], "denies bucket 'a-bucket': allow s3:CreateBucket"),
        (["buckets", "delete", "a-bucket"], "denies bucket 'a-bucket': allow s3:DeleteBucket"),
        (["ls"], "denies bucket 'bucket': allow s3:ListBucket"),
        (["ls", "--recursive", "raw/"], "denies 'raw/' in bucket 'bucket': allow s3:ListBucket"),
        (["head", "a"], "denies 'a' in bucket 'bucket': allow s3:GetObject"),
        (["get", "a"], "without s3:ListBucket, S3 also says this of an object that is missing"),
        (["cat", "a"], "denies 'a' in bucket 'bucket': allow s3:GetObject"),
        (["put", "x.csv", "a", "--force"], "denies 'a' in bucket 'bucket': allow s3:PutObject "),
        (["put", "x.csv", "a", "--force", "--public"], "allow s3:PutObjectAcl"),
        (["mkdir", "a"], "denies 'a/' in bucket 'bucket': allow s3:PutObject "),
        (["rm", "--recursive", "a", "--yes"], "denies 'a/' in bucket 'bucket': allow s3:ListBucket"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_missing_right_is_named(denying: Callable[[str], Home], arguments: list[str], action: str) -> None:
    """Whatever is denied, the error names bucket, key and the action to allow."""
    with canned(refusal(403, "AccessDenied")) as (url, _):
        home = denying(url)
        a_file("x.csv")

        assert action in home.refused(*arguments)
        assert [path.name for path in home.folder.iterdir()] == ["x.csv"]


def test_what_s3_says_steers_no_terminal(denying: Callable[[str], Home]) -> None:
    """An answer of a server is as foreign as a key."""
    with canned(refusal(400, "Strange", "\x9b31m")) as (url, _):
        said = denying(url).refused("ls")

    assert r"\x9b31m" in said
    assert all(line.isprintable() for line in said.splitlines())


def test_disabled_acls_are_explained(denying: Callable[[str], Home]) -> None:
    """A bucket of today refuses --public: nothing is put, and what to do instead is said."""
    with canned(refusal(400, "AccessControlListNotSupported")) as (url, _):
        home = denying(url)
        a_file("x.csv")
        said = home.refused("put", "x.csv", "a", "--public", "--force")

    assert "has ACLs disabled" in said
    assert "bucket policy" in said


def test_a_name_taken_elsewhere_is_said(denying: Callable[[str], Home]) -> None:
    """Bucket names are taken world-wide."""
    with canned(refusal(404, ""), refusal(409, "BucketAlreadyExists")) as (url, _):
        assert "belongs to somebody else" in denying(url).refused("buckets", "create", "a-bucket")


def test_a_public_object_has_an_address(home_s3: Home) -> None:
    """Where ACLs are allowed, --public prints the address that anybody can open."""
    a_file("x y.csv")

    address = home_s3.done("put", "x y.csv", "a/", "--public").splitlines()[-1]

    with urllib.request.urlopen(address) as answer:
        assert answer.read() == Path("x y.csv").read_bytes()


def test_an_acl_that_is_passed_over_is_noticed(denying: Callable[[str], Home]) -> None:
    """Block Public Access takes the ACL and honours it not: the address is tried before it is given out."""
    with canned((200, "", b"", 0), refusal(403, "AccessDenied")) as (url, _):
        home = denying(url)
        a_file("x.csv")
        said = home.refused("put", "x.csv", "a", "--public", "--force")

    assert "was put with the ACL public-read" in said
    assert "Block Public Access" in said


def test_a_foreign_key_is_told_of(home_s3: Home, bucket: str, caplog: pytest.LogCaptureFixture) -> None:
    """A key with a control sign is left out of the listing, and said in the log, escaped."""
    put_unasked(bucket, "some/prefix/a\x1b[31m")
    home_s3.storage.put("b", b"")

    assert home_s3.done("ls").splitlines()[-1] == "1 object, 0 B (0 bytes)"
    assert r"'a\x1b[31m'" in caplog.text


# ---- as processes ---------------------------------------------------------------------------------------


def started(home: Home, *arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "report", "storage", *arguments],
        cwd=home.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **more,
    )


def test_bytes_go_into_a_pipe_as_they_are(home: Home) -> None:
    """A pipe gets every byte, in order; one that closes early ends the command without a word."""
    body = secrets.token_bytes(1 << 20) * 20
    home.storage.put("big", body)
    with started(home, "cat", "big", stdout=subprocess.PIPE) as whole:
        assert whole.stdout
        assert whole.stdout.read() == body
    with started(home, "cat", "big", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cut:
        assert cut.stdout
        assert cut.stderr
        assert cut.stdout.read(10) == body[:10]
        cut.stdout.close()
        assert cut.stderr.read() == b""


def test_bytes_are_added_to_a_file_in_order(home: Home) -> None:
    """ ">>" adds the whole object at the end."""
    body = secrets.token_bytes(1 << 20) * 20
    home.storage.put("big", body)
    path = a_file("out", b"before")
    with path.open("ab") as out, started(home, "cat", "big", stdout=out):
        pass

    assert path.read_bytes() == b"before" + body


def test_a_terminal_sees_a_bar_and_no_control_signs(home: Home) -> None:
    """On a terminal a large transfer draws a bar, and a text shows its control signs."""
    home.storage.put("evil", "ü\x1b]0;title\x07\n".encode())
    a_file("big", bytes(9 << 20))

    assert on_a_terminal(home, "cat", "evil") == "ü\\x1b]0;title\\x07\r\n".encode()
    assert b"100%" in on_a_terminal(home, "put", "big", "big")
    assert b"100%" in on_a_terminal(home, "get", "big", "copy")
    assert Path("copy").read_bytes() == bytes(9 << 20)


def test_a_stopped_get_leaves_nothing(home: Home) -> None:
    """A get that is ended half-way takes its half file away."""
    home.storage.put("big", bytes(64 << 20))
    with started(home, "get", "big", "copy") as getting:
        while getting.poll() is None and not list(home.folder.glob(".*.part")):
            pass
        getting.send_signal(signal.SIGTERM)

    names = {path.name for path in home.folder.iterdir()} - {"data"}
    assert getting.returncode == 143 or names == {"copy"}
    assert names <= {"copy"}


def test_a_stopped_put_leaves_nothing(home_s3: Home, s3: "S3Client", bucket: str) -> None:
    """A put that is ended half-way leaves neither an object nor parts that would cost for ever."""
    with (home_s3.folder / "big").open("wb") as file:
        file.truncate(256 << 20)
    with started(home_s3, "put", "big", "big") as putting:
        while putting.poll() is None and not s3.list_multipart_uploads(Bucket=bucket).get("Uploads"):
            pass
        putting.send_signal(signal.SIGTERM)

    assert putting.returncode == 143
    assert home_s3.keys() == []
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_credentials_may_stand_in_dot_env(home_s3: Home, s3_endpoint: str, bucket: str) -> None:
    """A bucket and its credentials are named in .env, and nowhere else."""
    home_s3.storage.put("a", b"found")
    settings = variables_of(s3_endpoint) | {"STORAGE_URL": home_s3.url}
    Path(".env").write_text(
        "".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "report", "storage", "cat", "a"],
        cwd=home_s3.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, b"found")


def on_a_terminal(home: Home, *arguments: str) -> bytes:
    """Return all that a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with started(home, *arguments, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        written = b"".join(_read(ours))
    os.close(ours)
    return written


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that nobody writes any more
            return
        if not part:
            return
        yield part
