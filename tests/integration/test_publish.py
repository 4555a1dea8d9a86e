"""Publishing to a folder and to S3, by the command and as readers meet it."""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

from app import create_app
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.folder_site import FolderSite
from report.adapters.site_fetch import fetch
from report.composition import services_from
from report.errors import BadKey
from report.publishing.links import key_of, path_of
from report.publishing.site import Parcel
from report.setting_rules import StorageUrl
from report.settings import Settings
from report.storage import Storage
from tests.s3_server import variables_of
from tests.site_builders import DAY, an_edition
from tests.website_server import running_website

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE = Parcel("a/b.html", b"<p>a page</p>", "text/html; charset=utf-8", "public, max-age=60", "")
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@pytest.fixture
def data(tmp_path: Path) -> Storage:
    """Return storage with two editions."""
    storage = DirectoryStorage(tmp_path / "data")
    an_edition(storage, DAY - timedelta(days=1), news="Earlier")
    an_edition(storage, news="N" * 600)
    return storage


@pytest.fixture
def website(s3: "S3Client", s3_endpoint: str, bucket: str) -> Iterator[str]:
    """Return the address at which the bucket is shown."""
    with running_website(s3, s3_endpoint, bucket) as url:
        yield url


def run(tmp_path: Path, *words: str, **environ: str) -> Result:
    """Run `python -m report publish` over the storage in `tmp_path`, away from this machine's settings."""
    env = {name: None for name in os.environ if name.startswith(("SITE_", "STORAGE_", "AWS_", "TIMEZONE"))}
    given = {"STORAGE_URL": f"file:{tmp_path / 'data'}", "PUBLIC_URL": "https://live.example.org", **environ}
    return CliRunner().invoke(main, ["publish", *words], env={**env, **given})


def on_s3(endpoint: str, bucket: str, access: str, address: str = "") -> dict[str, str]:
    """Return the settings of a site in this bucket."""
    site = {"SITE_URL": f"s3://{bucket}", "SITE_ACCESS": access, "SITE_ADDRESS": address.rstrip("/")}
    return variables_of(endpoint) | site


def block_all(s3: "S3Client", bucket: str) -> None:
    """Turn Block Public Access on, as every new bucket has it."""
    flags: Any = dict.fromkeys(BLOCKS, True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=flags)


def status_of(url: str) -> int:
    """Return what a stranger is answered."""
    try:
        with urlopen(Request(url), timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def said_at(url: str) -> str:
    """Return what a stranger is shown where there is no file."""
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(url), timeout=20)
    with caught.value as answer:
        body = answer.read()
    return gzip.decompress(body).decode()


# ---- a folder ---------------------------------------------------------------------------------------


def test_a_folder_needs_no_account(data: Storage, tmp_path: Path) -> None:
    """By default the site is a folder, whose pages lead from file to file; its check reads the files."""
    site = tmp_path / "site"

    done = run(tmp_path, "--all", SITE_URL=f"file:{site}")

    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == f"file:{site}/index.html"
    assert 'href="editions/2026-11-20/index.html"' in (site / "index.html").read_text()
    assert not list(site.rglob(".*"))
    checked = run(tmp_path, "--check", SITE_URL=f"file:{site}")
    assert (checked.exit_code, checked.stdout.split(",")[0]) == (0, f"{_files(site)} files")


def test_a_dry_run_writes_nothing(data: Storage, tmp_path: Path) -> None:
    """--dry-run names each file, and leaves both the site and what is known of it as they were."""
    done = run(tmp_path, "--dry-run", SITE_URL=f"file:{tmp_path / 'site'}")

    assert done.exit_code == 0, done.output
    assert "would send editions/2026-11-20/r1/top.csv (911 B)" in done.stdout
    assert done.stdout.splitlines()[-2].startswith("would send index.html")
    assert not (tmp_path / "site").exists()
    assert not list(data.list("sites/"))


def test_a_check_names_what_fails(data: Storage, tmp_path: Path) -> None:
    """--check ends with 1 and names each file that is missing or was changed; publishing again mends it."""
    site = tmp_path / "site"
    run(tmp_path, SITE_URL=f"file:{site}")
    (site / "latest.json").unlink()
    (site / "index.html").write_text("not ours")

    checked = run(tmp_path, "--check", SITE_URL=f"file:{site}")

    assert checked.exit_code == 1
    assert [line.partition(":")[0] for line in checked.stdout.splitlines()] == ["index.html", "latest.json"]
    assert run(tmp_path, SITE_URL=f"file:{site}").stdout.startswith("sent 2 files")
    assert run(tmp_path, "--check", SITE_URL=f"file:{site}").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (["--date", "2026-11-20", "--all"], "exclude each other", 2),
        (["--check"], "nothing has been published at file:", 1),
        (["--date", "2025-01-01"], "python -m report build --report trends --period 2025-01-01", 1),
        (["--report", "rates"], "there is no rates report yet", 1),
    ],
)
def test_wrong_wishes_are_said(
    data: Storage, tmp_path: Path, words: list[str], said: str, status: int
) -> None:
    """Who asks for what cannot be is told what can."""
    done = run(tmp_path, *words, SITE_URL=f"file:{tmp_path / 'site'}")

    assert done.exit_code == status
    assert said in done.stderr


def test_the_data_are_never_the_site(data: Storage, tmp_path: Path) -> None:
    """A site within the folder of the data, or around it, ends the command with status 2."""
    done = run(tmp_path, SITE_URL=f"file:{tmp_path}")

    assert done.exit_code == 2
    assert "SITE_URL lies where STORAGE_URL does" in done.stderr


def test_a_folder_keeps_its_files_to_itself(tmp_path: Path) -> None:
    """No key and no symbolic link leads out of the folder; a removed file leaves no empty folders."""
    site = FolderSite(tmp_path / "site")
    etag = site.put(PAGE)
    assert site.list() == {"a/b.html": etag}
    (tmp_path / "site" / "out").symlink_to(tmp_path)

    for key in ("../x.html", "out/x.html", "/etc/x"):
        with pytest.raises(BadKey):
            site.put(Parcel(key, b"x", "text/plain", "", ""))

    site.delete("a/b.html")
    site.delete("a/b.html")
    assert not (tmp_path / "site" / "a").exists()
    assert site.fetch("a/b.html").problem


# ---- S3, open to everybody --------------------------------------------------------------------------


def test_by_policy_everybody_reads_what_the_server_sends(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """A bucket as AWS makes it is opened for just the site, and shows the very pages served."""
    block_all(s3, bucket)
    env = on_s3(s3_endpoint, bucket, "policy", website)

    done = run(tmp_path, "--all", "--yes", **env)

    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == website
    served = data.get("editions/trends/2026-11-20/r1/page.html")
    assert fetch(f"{website}editions/2026-11-20/").body == served
    assert fetch(f"{website}latest/").body == served
    assert "There is nothing here" in said_at(f"{website}no-such-page")
    flags: Any = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert [name for name in BLOCKS if flags[name]] == ["BlockPublicAcls", "IgnorePublicAcls"]
    checked = run(tmp_path, "--check", **env)
    assert checked.exit_code == 0, checked.output
    assert run(tmp_path, "--all", **env).stdout.startswith("sent 0 files (0 B), removed 0, ")


def test_each_address_answers_as_the_server_does(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """What both serve, the site serves byte for byte, of one type, and to be kept as long."""
    env = on_s3(s3_endpoint, bucket, "policy", website)
    run(tmp_path, "--all", "--yes", **env)
    an_edition(data, news="Corrected", revision=2)
    run(tmp_path, "--all", **env)
    settings = Settings(storage_url=StorageUrl(tmp_path / "data"))
    server = create_app(services=services_from(settings)).test_client()
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    paths = [path_of(key) for key in keys if key.startswith(("editions/2", "static/", "latest.json", "fav"))]
    assert len(paths) > 15

    for path in paths:
        served, shown = server.get(path), s3.get_object(Bucket=bucket, Key=key_of(path, is_relative=False))
        assert served.status_code == 200, path
        assert fetch(website + path.removeprefix("/")).body == served.data, path
        assert (shown["ContentType"], shown["CacheControl"]) == (
            served.headers["Content-Type"],
            served.headers["Cache-Control"],
        ), path


def test_files_have_the_headers_readers_need(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """Type, coding, how long to keep, and the name to save under."""
    run(tmp_path, "--yes", **on_s3(s3_endpoint, bucket, "policy", website))

    page = s3.head_object(Bucket=bucket, Key="editions/2026-11-20/index.html")
    table = s3.head_object(Bucket=bucket, Key="editions/2026-11-20/r1/top.csv")
    picture = s3.head_object(Bucket=bucket, Key="editions/2026-11-20/r1/hours.png")
    assert (page["ContentType"], page["ContentEncoding"]) == ("text/html; charset=utf-8", "gzip")
    assert page["CacheControl"] == "public, max-age=60, stale-while-revalidate=600"
    assert table["ContentDisposition"] == 'attachment; filename="trends-2026-11-20-top.csv"'
    assert table["CacheControl"] == "public, max-age=31536000, immutable"
    assert picture["ContentType"] == "image/png"
    assert "ContentEncoding" not in picture


def test_nobody_is_let_in_unasked(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str
) -> None:
    """Without --yes and without anybody to ask, the changes are said, and neither made nor anything sent."""
    block_all(s3, bucket)

    done = run(tmp_path, **on_s3(s3_endpoint, bucket, "policy", "http://site.example"))

    assert done.exit_code == 1
    assert "Block Public Access: BlockPublicPolicy, RestrictPublicBuckets off" in done.stderr
    assert f"everybody may read arn:aws:s3:::{bucket}/*" in done.stderr
    assert "say --yes" in done.stderr
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_check_without_an_address_asks_for_one(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str
) -> None:
    """A signed link would not show whether strangers get in. Others' files are told when it is opened."""
    s3.put_object(Bucket=bucket, Key="of-somebody-else.txt", Body=b"x")
    done = run(tmp_path, "--yes", **on_s3(s3_endpoint, bucket, "policy"))
    assert "1 file that the site did not put there included" in done.stderr

    checked = run(tmp_path, "--check", **on_s3(s3_endpoint, bucket, "policy"))

    assert checked.exit_code == 1
    assert "set SITE_ADDRESS" in checked.stderr


def test_athenas_results_are_never_the_site(
    data: Storage, tmp_path: Path, s3_endpoint: str, bucket: str
) -> None:
    """Nor is the site around the place of Athena's results."""
    done = run(tmp_path, ATHENA_OUTPUT=f"s3://{bucket}/results", **on_s3(s3_endpoint, bucket, "policy"))

    assert done.exit_code == 2
    assert "SITE_URL lies where ATHENA_OUTPUT does" in done.stderr


def test_a_dry_run_tells_what_it_would_open(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str
) -> None:
    """--dry-run says each change at the bucket and each file, and does none of it."""
    block_all(s3, bucket)

    done = run(tmp_path, "--dry-run", **on_s3(s3_endpoint, bucket, "policy", "http://site.example"))

    assert done.exit_code == 0, done.output
    changes = [line for line in done.stdout.splitlines() if line.startswith("would change bucket")]
    assert len(changes) == 3
    assert "would send index.html" in done.stdout
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    flags: Any = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(flags[name] for name in BLOCKS)


def test_a_site_that_turns_private_is_closed(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """With the setting changed back, strangers are shut out, and the signed link still opens."""
    run(tmp_path, "--yes", **on_s3(s3_endpoint, bucket, "policy", website))
    assert status_of(f"{website}latest/") == 200

    done = run(tmp_path, "--yes", **on_s3(s3_endpoint, bucket, "private"))

    assert done.exit_code == 0, done.output
    assert status_of(f"{website}latest/") == 403
    link = done.stdout.splitlines()[-1]
    assert "private/index.html?" in link
    assert status_of(link) == 200
    checked = run(tmp_path, "--check", **on_s3(s3_endpoint, bucket, "private"))
    assert checked.exit_code == 0, checked.output


def test_by_acl_each_file_is_open(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """An old bucket's files are read by everybody, without a policy."""
    done = run(tmp_path, "--yes", **on_s3(s3_endpoint, bucket, "acl", website))

    assert done.exit_code == 0, done.output
    assert status_of(f"{website}latest/") == 200
    assert run(tmp_path, "--check", **on_s3(s3_endpoint, bucket, "acl", website)).exit_code == 0


def test_below_a_prefix_links_are_relative(
    data: Storage, tmp_path: Path, s3: "S3Client", s3_endpoint: str, bucket: str, website: str
) -> None:
    """The same walk works below a prefix, and only the prefix is opened."""
    s3.put_object(Bucket=bucket, Key="raw/secret.json", Body=b"{}")
    env = on_s3(s3_endpoint, bucket, "policy", f"{website}reports/")
    env["SITE_URL"] += "/reports"

    done = run(tmp_path, "--yes", **env)

    assert done.exit_code == 0, done.output
    assert run(tmp_path, "--check", **env).exit_code == 0
    assert b'href="../../latest.json"' in fetch(f"{website}reports/editions/2026-11-20/").body
    assert status_of(f"{website}raw/secret.json") == 403


# ---- what cannot be a site ----------------------------------------------------------------------------


def test_a_missing_bucket_is_said(data: Storage, tmp_path: Path, s3_endpoint: str) -> None:
    """A site's bucket is made by its owner."""
    done = run(tmp_path, **on_s3(s3_endpoint, "no-such-bucket-here", "private"))

    assert done.exit_code == 1
    assert "there is no bucket 'no-such-bucket-here'" in done.stderr
    assert "SITE_URL" in done.stderr


def test_a_bucket_name_that_cannot_be_is_a_wrong_setting(
    data: Storage, tmp_path: Path, s3_endpoint: str
) -> None:
    """Before any call is made."""
    done = run(tmp_path, **on_s3(s3_endpoint, "No_Bucket", "private"))

    assert done.exit_code == 2
    assert "SITE_URL: bucket name 'No_Bucket'" in done.stderr


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_what_is_known_of_a_site_is_kept_with_the_data(data: Storage, tmp_path: Path) -> None:
    """Beside the data and not on the site, which everybody may read; it holds no address of a reader."""
    run(tmp_path, SITE_URL=f"file:{tmp_path / 'site'}")

    (info,) = data.list("sites/")
    known = json.loads(data.get(info.key))
    assert known["site"] == f"file:{tmp_path / 'site'}"
    assert known["files"].keys() == FolderSite(tmp_path / "site").list().keys()
