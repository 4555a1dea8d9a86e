"""Rules for finding out which modules a module needs."""

from pathlib import Path

import pytest

from deploy.packaging.imports import needed_files
from deploy.packaging.zips import PackageError

MODULES = {
    "door/__init__.py": "",
    "door/start.py": "import os\nfrom room import a\nimport elsewhere.whole\n",
    "room/__init__.py": "from room.told import WORD\n",
    "room/told.py": "WORD = 1\n",
    "room/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import room.typed\n"
    "else:\n    import room.other\ntry:\n    import room.tried\nexcept ImportError:\n    pass\n"
    "def later():\n    import room.late\n",
    **{f"room/{name}.py": "" for name in ("typed", "other", "tried", "late", "spare")},
    "elsewhere/__init__.py": "import room.a\n",
    "elsewhere/whole.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_an_import_reads_is_found(root: Path) -> None:
    """Packages around a module count, circles end; types, later imports and other people's modules do not."""
    found = [path.relative_to(root).as_posix() for path in needed_files(root, ["door.start"])]

    left_out = {"room/typed.py", "room/late.py", "room/spare.py"}
    assert found == sorted(set(MODULES) - left_out)


def test_a_module_that_is_not_there_is_named(root: Path) -> None:
    """A handler that was renamed is no empty package."""
    with pytest.raises(PackageError, match=r"no module 'door\.begin'"):
        needed_files(root, ["door.begin"])
