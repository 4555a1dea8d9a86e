"""Debian's Postfix on loopback, with a configuration, a queue and mailboxes of its own in a folder."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path("/usr/lib/postfix/sbin")
DOMAIN = "example.com"
_WAIT_SECONDS = 30
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {programs}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost.localdomain
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:everybody/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
"""


def why_not() -> str:
    """Return why Postfix cannot run here, or nothing."""
    if not (PROGRAMS / "master").exists():
        return "Postfix is not installed (Debian's package postfix)"
    return "" if os.geteuid() == 0 else "Postfix starts as root alone"


@dataclass(frozen=True)
class Mailbox:
    """The mailbox that everybody at `DOMAIN` shares, and the server's port."""

    port: int
    folder: Path

    def delivered(self, number: int) -> list[bytes]:
        """Wait for so many messages and return them, with the headers that delivering added."""
        until = time.monotonic() + _WAIT_SECONDS
        while len(paths := sorted(self.folder.glob("mail/everybody/new/*"))) < number:
            if time.monotonic() > until:
                log = self.folder / "log"
                said = log.read_text(encoding="utf-8") if log.exists() else "it logged nothing"
                raise AssertionError(f"{len(paths)} of {number} messages came; Postfix says:\n{said}")
            time.sleep(0.02)
        return [path.read_bytes() for path in paths]


@contextmanager
def running_postfix() -> Iterator[Mailbox]:
    """Run Postfix until the block ends. Nothing of the system's own Postfix is read, started or stopped."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    try:
        port = _write_configuration(folder)
        environ = {**os.environ, "MAIL_CONFIG": str(folder / "config")}
        subprocess.run(["/usr/sbin/postfix", "check"], env=environ, check=True, capture_output=True)
        with subprocess.Popen([PROGRAMS / "master", "-d"], env=environ) as master:
            try:
                _wait_for(port, master)
                yield Mailbox(port, folder)
            finally:
                master.terminate()
    finally:
        shutil.rmtree(folder)


def _write_configuration(folder: Path) -> int:
    folder.chmod(0o755)  # its programs give up root's rights
    owner = pwd.getpwnam("postfix")
    for name in ("config", "data", "queue", "mail"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    values = {
        "folder": folder,
        "programs": PROGRAMS,
        "domain": DOMAIN,
        "port": port,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
    }
    (folder / "config" / "main.cf").write_text(_SETTINGS.format(**values))
    (folder / "config" / "master.cf").write_text(_SERVICES.format(**values))
    return port


def _wait_for(port: int, master: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if master.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
