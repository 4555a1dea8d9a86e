"""Runs Debian's nginx on loopback, with our configuration or another."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[1]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_LONGEST_WAIT_SECONDS = 10

# As in Debian's own nginx.conf, less the folders that only root may write to.
_MAIN = """
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types {{ text/html html; }}
    default_type application/octet-stream;
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def our_site(folder: Path, port: int, gunicorn_port: int) -> str:
    """Return deploy/nginx.conf with ports of loopback and a cache in `folder`, and nothing else changed."""
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for said, meant in (
        ("listen 80 default_server;", f"listen 127.0.0.1:{port} default_server;"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{gunicorn_port};"),
        ("/var/lib/nginx/twitter-trends", f"{folder}/cache"),
        ("/var/log/nginx/access.log", f"{folder}/access.log"),
    ):
        assert site.count(said) == 1, said
        site = site.replace(said, meant)
    return site


@contextmanager
def nginx(folder: Path, site: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run nginx with this text in its http block until the block ends; `site` listens on `port`."""
    assert NGINX
    folder.mkdir(exist_ok=True)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(user=user, folder=folder), encoding="utf-8")
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
