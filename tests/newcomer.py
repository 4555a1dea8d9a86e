"""The project with the report of docs/new-report.md in it, in a folder where nothing else is touched."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def block_of(kind: str) -> str:
    """Return the first block of this kind in the document."""
    document = (ROOT / "docs" / "new-report.md").read_text(encoding="utf-8")
    return next(found["text"] for found in _BLOCK.finditer(document) if found["kind"] == kind)


def a_house_of_its_own(folder: Path) -> None:
    """Lay out the project with links to all there is, so that one more report touches nothing of it."""
    catalogue = folder / "report" / "catalogue"
    catalogue.mkdir(parents=True)
    for part in ("app", "collector", "mailer"):
        (folder / part).symlink_to(ROOT / part)
    for place in ("report", "report/catalogue"):
        for path in (ROOT / place).iterdir():
            if path.name not in ("catalogue", "__pycache__"):
                (folder / place / path.name).symlink_to(path)
    (folder / "gunicorn.conf.py").symlink_to(ROOT / "gunicorn.conf.py")
    (catalogue / "vocabulary.py").write_text(block_of("python"), encoding="utf-8")


def run(folder: Path, *command: str) -> str:
    """Run a command in the folder, with its own settings; return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": str(folder), "SECRET_KEY": "a secret of the tests"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
