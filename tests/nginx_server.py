"""Runs Debian's nginx on loopback, with our configuration or another."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

ROOT = Path(__file__).parents[1]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_LONGEST_WAIT_SECONDS = 20
_Found = TypeVar("_Found")

# As in Debian's own nginx.conf, less the folders that only root may write to.
_MAIN = """
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
    sendfile on;
    tcp_nopush on;
    types {{ text/html html; }}
    default_type application/octet-stream;
    access_log {folder}/access.log;
    gzip on;
    {temporary}
    include {folder}/site.conf;
}}
"""
_DEBIANS_CONNECTIONS = 768


def our_site(folder: Path, port: int, gunicorn_port: int) -> str:
    """Return deploy/nginx.conf with ports of loopback and a cache in `folder`, and nothing else changed."""
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    return here(site, rule_changes(folder, port, gunicorn_port))


def rule_changes(folder: Path, port: int, gunicorn_port: int) -> dict[str, str]:
    """Return what deploy/nginx.conf says of a server, and what it is to say here."""
    return {
        "listen 80 default_server;": f"listen 127.0.0.1:{port} default_server;",
        "server 127.0.0.1:8000 ": f"server 127.0.0.1:{gunicorn_port} ",
        "/var/lib/nginx/twitter-trends": f"{folder}/cache",
        "/var/log/nginx/access.log": f"{folder}/access.log",
    }


def here(text: str, changes: Mapping[str, str]) -> str:
    """Return the text with each of these words, which must stand there, changed."""
    for said, meant in changes.items():
        assert said in text, said
        text = text.replace(said, meant)
    return text


def user() -> str:
    """Return whom nginx's processes run as: root's may read what a test wrote."""
    return "user root;" if os.geteuid() == 0 else ""


def temporary(folder: Path) -> str:
    """Return the lines that keep what nginx writes down for a while in `folder`."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n    ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


@contextmanager
def nginx(
    folder: Path, site: str, port: int, connections: int = _DEBIANS_CONNECTIONS
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run nginx with this text in its http block until the block ends; `site` listens on `port`."""
    folder.mkdir(exist_ok=True)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    said = {"user": user(), "folder": folder, "temporary": temporary(folder), "connections": connections}
    (folder / "nginx.conf").write_text(_MAIN.format(**said), encoding="utf-8")
    with nginx_in(folder, port) as process:
        yield process


@contextmanager
def nginx_in(folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run nginx by the nginx.conf in `folder` until the block ends; it listens on `port`."""
    assert NGINX
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        _wait_until_listening(process, port, folder)
        yield process
    finally:
        process.terminate()
        process.wait(_LONGEST_WAIT_SECONDS)


def _wait_until_listening(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    give_up = monotonic() + _LONGEST_WAIT_SECONDS
    while monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("nginx did not start:\n" + (folder / "error.log").read_text(encoding="utf-8"))


def until(look: Callable[[], _Found], is_it: Callable[[_Found], bool]) -> _Found:
    """Look again and again until it is what was waited for."""
    give_up = monotonic() + _LONGEST_WAIT_SECONDS
    while monotonic() < give_up:
        found = look()
        if is_it(found):
            return found
    raise AssertionError(f"in {_LONGEST_WAIT_SECONDS} s there was nothing but {look()}")
