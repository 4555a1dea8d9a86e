"""Debian and Ubuntu from nothing: debootstrapped once, copied for each course, with systemd or without."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.machines import PATH, ROOT, Machine, first_process, lay_code, running

CACHE = ROOT / ".cache" / "system-test"
CODE = "/root/twitter-trends"
NAME = "machine.example.com"
_UBUNTU_MIRROR = os.environ.get("UBUNTU_MIRROR", "http://archive.ubuntu.com/ubuntu")
_UBUNTU_KEYS = Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg")
_UBUNTU_SCRIPT = "/usr/share/debootstrap/scripts/gutsy"
_TRUST = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
_CHROOT = """
hostname "$2"
mount --bind "$1" "$1"
for folder in proc sys dev run; do mkdir -p "$1/$folder"; done
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t tmpfs -o mode=0755 tmpfs "$1/run"
cd "$1"
mkdir -p before
pivot_root . before
umount -l /before
echo up
exec sleep infinity
"""
_BOOT_SECONDS = 60


@dataclass(frozen=True)
class Kind:
    """A Debian or Ubuntu, and what belongs to a machine of it."""

    suite: str
    has_systemd: bool
    distribution: str = "Debian"

    @property
    def packages(self) -> str:
        """What a cloud's image of it has besides the least there is, as debootstrap wants it."""
        services = ",systemd,systemd-sysv,dbus" if self.has_systemd else ""
        return f"ca-certificates,procps{services}"

    @property
    def mirror(self) -> str:
        """Where its packages come from; nothing where that is not known."""
        return _UBUNTU_MIRROR if self.distribution == "Ubuntu" else _own_mirror()

    @property
    def why_not(self) -> str:
        """Why no such machine can be made here, or nothing."""
        if self.distribution == "Ubuntu" and not _UBUNTU_KEYS.exists():
            return f"{_UBUNTU_KEYS} is not there (Debian: ubuntu-keyring)"
        return "" if self.mirror else f"apt knows no mirror of {self.distribution} here"

    def make(self, folder: Path) -> None:
        """Put the least there is of it into a folder."""
        command = ["debootstrap", "--variant=minbase", f"--include={self.packages}"]
        script = []
        if self.distribution == "Ubuntu":  # Python's environments are in universe
            command += ["--components=main,universe", f"--keyring={_UBUNTU_KEYS}"]
            script = [_UBUNTU_SCRIPT]  # the same for each suite, of which an older debootstrap knows not all
        subprocess.run([*command, self.suite, folder, self.mirror, *script], check=True, capture_output=True)
        if self.distribution == "Ubuntu":
            updates = f"deb {self.mirror} {self.suite}-updates main universe\n"  # as every image of it has
            (folder / "etc/apt/sources.list.d/updates.list").write_text(updates, encoding="utf-8")

    def __str__(self) -> str:
        return f"{self.distribution} {self.suite} {'with' if self.has_systemd else 'without'} systemd"


def why_not() -> str:
    """Return why no machine at all can be made here, or nothing."""
    tools = ("debootstrap", "unshare", "nsenter", "systemd-nspawn")
    missing = [tool for tool in tools if not shutil.which(tool, path=PATH)]
    if not missing:
        return ""
    return f"this machine has no {', '.join(missing)} (Debian: debootstrap, util-linux, systemd-container)"


def _own_mirror() -> str:
    """Return where this machine's own apt gets Debian from."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return next((line for line in said.splitlines() if "security" not in line), "")


@contextmanager
def machine(kind: Kind) -> Iterator[Machine]:
    """Run a fresh machine with the code in root's folder and nothing else of ours."""
    root = CACHE / "machine"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", _base(kind), root], check=True)
    (root / "etc/hostname").write_text(f"{NAME}\n", encoding="utf-8")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost {NAME}\n", encoding="utf-8")
    for path in _TRUST:
        if Path(path).exists():
            (root / path[1:]).unlink(missing_ok=True)  # Ubuntu's resolv.conf leads to what is not there yet
            shutil.copy(path, root / path[1:])
    lay_code(root / CODE[1:])
    try:
        with _booted(root) if kind.has_systemd else _entered(root) as leader:
            yield Machine(leader, CODE)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _base(kind: Kind) -> Path:
    """Make the least Debian there is, or take the one made before."""
    base = CACHE / f"{kind.suite}{'-systemd' if kind.has_systemd else ''}"
    if not base.exists():
        part = base.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        kind.make(part)
        part.rename(base)
    return base


@contextmanager
def _entered(root: Path) -> Iterator[int]:
    world = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"]
    with running(
        [*world, "env", "-i", f"PATH={PATH}", "bash", "-euc", _CHROOT, "bash", str(root), NAME]
    ) as it:
        yield it


@contextmanager
def _booted(root: Path) -> Iterator[int]:
    """Boot systemd as number 1; the network is this machine's, since packages are fetched."""
    options = ["--register=no", "--keep-unit", "--link-journal=no", "--resolv-conf=off", "--timezone=off"]
    words = ["systemd-nspawn", f"--directory={root}", "--boot", f"--hostname={NAME}", *options]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere) as nspawn:
        try:
            yield _leader(nspawn)
        finally:
            nspawn.terminate()  # it shuts the machine down


def _leader(nspawn: "subprocess.Popen[bytes]") -> int:
    """Wait until systemd answers, and return its number here."""
    until = time.monotonic() + _BOOT_SECONDS
    while nspawn.poll() is None and time.monotonic() < until:
        with suppress(AssertionError):
            leader = first_process(nspawn.pid)
            if Machine(leader, CODE).run("systemctl", "is-active", "multi-user.target").status == 0:
                return leader
        time.sleep(0.2)
    raise AssertionError("the machine did not boot")
