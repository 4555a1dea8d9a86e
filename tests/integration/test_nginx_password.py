"""Rules for nginx before pages that ask for a password: it keeps none of them for anybody."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from report.adapters.directory_storage import DirectoryStorage
from report.links import EDITIONS, LinkSigner
from tests.gunicorn_server import Client, Gunicorn, free_port, gunicorn
from tests.nginx_server import NGINX, nginx, our_site
from tests.some_editions import SECRET, publish, some_files

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")

PASSWORD = "a password of the tests"
ALLOWED = "Basic " + b64encode(f"anybody:{PASSWORD}".encode()).decode()
EDITION = "/editions/2026-11-20/r1/"
PICTURE, NUMBERS = f"{EDITION}hours.png", f"{EDITION}data.json"
PAGES = ("/", "/editions/", "/editions/2026-11-20/", EDITION, PICTURE, NUMBERS, "/latest.json", "/reports/")


@pytest.fixture
def front(tmp_path: Path) -> Iterator[tuple[Client, Gunicorn]]:
    """Run nginx before pages with a password; give it, and what is behind it."""
    publish(DirectoryStorage(tmp_path / "data", None, "http://localhost"))
    environ = {"STORAGE_URL": f"file:{tmp_path / 'data'}", "SECRET_KEY": SECRET, "PAGE_PASSWORD": PASSWORD}
    port = free_port()
    with (
        gunicorn({**environ, "TRUSTED_PROXIES": "1"}, "--workers", "1") as behind,
        nginx(tmp_path / "nginx", our_site(tmp_path / "nginx", port, behind.port), port),
    ):
        yield Client(port), behind


def kept(folder: Path) -> list[Path]:
    """Return the answers that nginx has written down."""
    return [path for path in (folder / "nginx" / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_a_password_opened_is_for_nobody_else(
    front: tuple[Client, Gunicorn], tmp_path: Path, coding: str
) -> None:
    """Asked before and after by who knows it: others are asked for it, and no copy is anywhere."""
    server, behind = front
    for path in PAGES:
        said = {"Accept_Encoding": coding}
        allowed = [server.ask(path, Authorization=ALLOWED, **said) for _ in range(2)]
        asked = [server.ask(address, **said) for address in (path, f"{path}?from=mail")]
        asked.append(server.ask(path, "HEAD", **said))

        assert {answer.status for answer in allowed} == {200}, path
        assert {answer.status for answer in asked} == {401}, path
        assert not [answer for answer in (*allowed, *asked) if answer.headers.get("X-Cache-Status") == "HIT"]
        assert "public" not in allowed[0].headers["Cache-Control"]
    behind.stop()

    assert {server.ask(path).status for path in PAGES} == {503}
    assert kept(tmp_path) == []


def test_what_a_link_opened_is_for_nobody_else(front: tuple[Client, Gunicorn], tmp_path: Path) -> None:
    """The page by its link, its files by the cookie that came with it; without either they stay shut."""
    server, _ = front
    query = LinkSigner(SECRET, EDITIONS).query(EDITION, datetime.now(UTC) + timedelta(hours=1))
    for _ in range(2):
        lent = server.ask(f"{EDITION}?{query}")
        cookie = lent.headers["Set-Cookie"].partition(";")[0]
        files = [server.ask(path, Cookie=cookie) for path in (PICTURE, NUMBERS)]

        assert lent.body == some_files()["page.html"].body
        assert {answer.status for answer in files} == {200}
        assert {server.ask(path).status for path in (EDITION, PICTURE, NUMBERS)} == {401}
        assert {server.ask(path, Cookie=cookie).status for path in ("/", "/latest.json")} == {401}
    assert kept(tmp_path) == []


def test_what_everybody_may_have_is_still_kept(front: tuple[Client, Gunicorn]) -> None:
    """The pages' own scripts need no password, and come from nginx."""
    server, _ = front

    assert [server.ask("/static/charts.js").headers["X-Cache-Status"] for _ in range(2)] == ["MISS", "HIT"]
