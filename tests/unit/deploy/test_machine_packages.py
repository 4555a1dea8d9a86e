"""Rules for what a deployment installs by dnf, which no machine of the tests has."""

import subprocess
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[3]
AMAZON = """
step() { shift; echo "$@"; }
have() { command -v "$1" >/dev/null; }
find_python() { return 1; }
. deploy/machine/packages.sh
install_machine_packages
"""


def test_amazon_linux_gets_a_newer_python_and_a_cron(tmp_path: Path) -> None:
    """Its python3 is too old and it has no cron: both come by dnf, without a question."""
    for name in ("bash", "cat", "find", "tar", "cmp", "runuser", "useradd"):
        (tmp_path / name).symlink_to(which("true") or "/bin/true")
    (tmp_path / "dnf").symlink_to("/bin/true")

    said = subprocess.run(
        ["/bin/bash", "-euc", AMAZON],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said == "dnf --assumeyes --quiet install python3.11 cronie\n"
