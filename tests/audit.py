"""`python -m tests.audit`: asks whether what is pinned has known holes, and fails where it has.

Where the database cannot be reached, or does not know a package, that is said, and is no failure: a machine
without a network must be able to run every other check.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_COMMAND = (
    sys.executable,
    "-m",
    "pip_audit",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner",
    "off",
)
_LONGEST_SECONDS = 300


def judge(said: str) -> tuple[list[str], bool]:
    """Return the lines to print of what pip-audit said in JSON, and whether there are holes."""
    try:
        packages: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, LookupError, TypeError):
        return [
            "NOT AUDITED: the database of known holes cannot be reached from here; run it elsewhere."
        ], False
    holes = [_line(package, hole) for package in packages for hole in package.get("vulns", ())]
    unknown = sum("skip_reason" in package for package in packages)
    lines = [*holes, f"{len(packages) - unknown} packages looked up, {len(holes)} known holes."]
    if unknown:
        lines.append(f"NOT AUDITED: {unknown} packages, which the index used here says nothing of.")
    return lines, bool(holes)


def _line(package: dict[str, Any], hole: dict[str, Any]) -> str:
    mended = ", ".join(hole.get("fix_versions", ())) or "no version yet"
    return f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"


def main() -> None:
    """Look up requirements-dev.txt, which pins all the others pin and more."""
    command = [*_COMMAND, "--format", "json", "--requirement", str(_ROOT / "requirements-dev.txt")]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_LONGEST_SECONDS
        ).stdout
    except subprocess.TimeoutExpired:
        ran = ""
    lines, has_holes = judge(ran)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(1 if has_holes else 0)


if __name__ == "__main__":
    main()
