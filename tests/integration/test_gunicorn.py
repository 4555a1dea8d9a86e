"""Rules for the web pages under gunicorn, over a folder."""

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from benchmarks.processes import family, memory_mb
from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import Gunicorn, gunicorn, gunicorn_process
from tests.some_editions import publish, some_files

PAGE = some_files()["page.html"].body
HEAVY = ("pandas", "numpy", "bokeh", "matplotlib", "duckdb", "boto3", "babel", "css_inline", "limits")
HEAVY_LIBRARIES = ("pandas", "numpy", "matplotlib", "_duckdb", "obstore")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with one edition."""
    folder = tmp_path / "data"
    publish(DirectoryStorage(folder, None, "http://localhost"))
    return folder


@pytest.fixture
def server(data: Path) -> Iterator[Gunicorn]:
    with gunicorn({"STORAGE_URL": f"file:{data}"}, "--workers", "1") as running:
        yield running


@pytest.mark.parametrize(
    ("coding", "unpack"),
    [
        pytest.param("br", brotli.decompress, id="brotli"),
        pytest.param("gzip", gzip.decompress, id="gzip"),
        pytest.param("identity", bytes, id="plain"),
    ],
)
def test_a_page_crosses_the_wire_once(server: Gunicorn, coding: str, unpack: type[bytes]) -> None:
    """GET sends the frozen bytes packed, HEAD the same headers, and the entity tag spares the next time."""
    first = server.ask("/", Accept_Encoding=coding)
    head = server.ask("/", "HEAD", Accept_Encoding=coding)
    again = server.ask("/", Accept_Encoding=coding, If_None_Match=first.headers["ETag"])

    assert unpack(first.body) == PAGE
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == first.headers["Content-Length"] == str(len(first.body))
    assert (again.status, again.body) == (304, b"")
    assert "script-src 'self'" in first.headers["Content-Security-Policy"]


def test_an_edition_outlives_its_storage(server: Gunicorn, data: Path) -> None:
    """When the folder is gone, the newest edition is still shown with its pictures and numbers."""
    assert server.ask("/healthz").status == 200
    data.rename(data.with_name("gone"))

    for path in ("/", "/editions/2026-11-20/", "/editions/2026-11-20/r1/hours.png", "/latest.json"):
        assert server.ask(path).status == 200, path


def test_the_server_stops_when_told(server: Gunicorn) -> None:
    """SIGTERM ends it with status 0 and without a trace."""
    server.ask("/")

    assert server.stop() == 0
    assert not [line for line in server.lines if "Traceback" in line or "Error" in line]


def test_the_access_log_is_short_and_holds_no_signature(server: Gunicorn) -> None:
    """One line a request: who, what, how it went, how long; never the query of a signed link."""
    server.ask("/files/a.json?expires=1&signature=abcdef")
    server.stop()

    line = next(line for line in server.lines if "/files/a.json" in line)
    assert " ip=127.0.0.1 method=GET path=/files/a.json route=/files/<path:key> status=404 " in line
    assert re.search(r" ms=[0-9]+$", line)
    assert "abcdef" not in "\n".join(server.lines)


def test_the_counts_of_all_workers_are_added_up(data: Path) -> None:
    """Whoever answers /metrics tells of every answer, whichever worker gave it; nothing stays behind."""
    with gunicorn({"STORAGE_URL": f"file:{data}"}) as server:
        for _ in range(40):
            server.ask("/nothing")
        counted = 'trends_requests_total{route="none",status="404"} 40.0'
        # An answer is counted right after it was sent.
        said = next((it for _ in range(200) if counted in (it := server.ask("/metrics").body.decode())), "")
        folders = set(Path("/dev/shm").glob(f"trends-counts-{server.process.pid}-*"))

    assert counted in said
    assert len(folders) == 1
    assert not [folder for folder in folders if folder.exists()]


def test_wrong_settings_end_the_server_at_once() -> None:
    """Every wrong setting is named, and the status says that trying again is no use."""
    environ = {"STORAGE_URL": "ftp://x", "TIMEZONE": "Mars/Olympus"}
    process = gunicorn_process(environ, "--bind", "127.0.0.1:0")

    said, _ = process.communicate(timeout=20)

    assert process.returncode == 2
    assert "STORAGE_URL is 'ftp://x'; expected file:./folder or s3://bucket/prefix" in said
    assert "TIMEZONE is 'Mars/Olympus'" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000 ", "²"])
def test_a_wrong_port_ends_the_server_at_once(port: str) -> None:
    """A port that cannot be is named as any wrong setting is."""
    process = gunicorn_process({"PORT": port})

    said, _ = process.communicate(timeout=20)

    assert process.returncode == 2
    assert said == f"wrong settings:\n  PORT is {port!r}; expected a number from 1 to 65535\n"


def test_the_whole_server_is_small(data: Path) -> None:
    """With both its workers it takes 80 MB at most, pages they share counted once, and maps nothing heavy."""
    with gunicorn({"STORAGE_URL": f"file:{data}", "SECRET_KEY": "x" * 16}) as server:
        for path in ("/", "/editions/", "/editions/2026-11-20/", "/subscribe", "/healthz", "/no") * 10:
            server.ask(path)
        processes = _master_and_workers(server)
        mapped = "".join(Path(f"/proc/{process}/maps").read_text() for process in processes)

        assert len(processes) == 3
        assert memory_mb(processes, "Pss") <= 80
        assert [name for name in HEAVY_LIBRARIES if f"/{name}" in mapped] == []


def _master_and_workers(server: Gunicorn) -> list[int]:
    """The first worker answers while the second is still being forked."""
    for _ in range(100_000):
        processes = family(server.process.pid)[:3]  # a build may run below them
        if len(processes) == 3:
            break
        server.ask("/healthz")
    return processes


def test_serving_loads_nothing_that_counts_or_draws(data: Path) -> None:
    """A worker that shows pages holds no engine, no frames, no charts, and no AWS without S3."""
    code = f"""
import sys
from app import create_app
client = create_app(start_build=lambda build: None).test_client()
for path in (
    "/", "/today", "/editions/", "/editions/2026-11-20/", "/static/charts.js", "/subscribe", "/healthz", "/no"
):
    client.get(path)
print(*(name for name in {HEAVY} if name in sys.modules))
"""
    environ = {"STORAGE_URL": f"file:{data}", "SECRET_KEY": "x" * 16, "PATH": "/usr/bin:/bin"}
    root = Path(__file__).parents[2]

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environ, capture_output=True, text=True, check=True
    )

    assert ran.stdout.split() == []
