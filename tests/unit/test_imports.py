"""Rules for who may import whom, who may read the environment and the clock, and how a module begins."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = ("app", "mailer", "collector")
ROOMS = (*DOORS, "report")
COMPOSITION = "report.composition"
COMMANDS = ("report.__main__", "report.commands")
MAY_READ_ENVIRONMENT = (COMPOSITION, "collector.lambda_function", "report.setting_file")
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "dotenv")
CLOCK = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
)


def breaches(root: Path) -> list[str]:
    """Return what the modules under `root` do against the house plan, one line a breach, in order."""
    found = []
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.py")):
        module = _module_name(path.relative_to(root))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{module} {what}" for what in _wrongs(module, tree, path.name == "__init__.py")]
    return found


def _wrongs(module: str, tree: ast.Module, is_package: bool) -> Iterator[str]:
    yield from _wrong_docstring(tree)
    for name in sorted(set(_imported(module, tree, is_package))):
        if _is_wrong_arrow(module, name):
            yield f"imports {name}"
    used = set(_used(tree))
    if module not in MAY_READ_ENVIRONMENT:
        yield from (f"reads the environment by {name}" for name in sorted(used) if _within(name, ENVIRONMENT))
    if _is_centre(module):
        yield from (f"reads the clock by {name}" for name in sorted(used) if name in CLOCK)


def _wrong_docstring(tree: ast.Module) -> Iterator[str]:
    first_line = (ast.get_docstring(tree) or "").partition("\n")[0]
    if not first_line.endswith("."):
        yield f"does not begin with one sentence: {first_line!r}"


def _is_wrong_arrow(module: str, name: str) -> bool:
    if _within(name, DOORS) and not _within(module, (name.partition(".")[0],)):
        return True
    if _within(name, ("report.adapters",)):
        return module != COMPOSITION and not _within(module, ("report.adapters",))
    if _within(name, (COMPOSITION, "report.__main__")):
        return _is_centre(module) or _within(module, ("report.adapters", COMPOSITION))
    return False


def _is_centre(module: str) -> bool:
    outer = ("report.adapters", COMPOSITION, *COMMANDS)
    return _within(module, ("report",)) and not _within(module, outer)


def _within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(module: str, tree: ast.Module, is_package: bool) -> Iterator[str]:
    """Yield each imported name in full, wherever in the module the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(module, node, is_package)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _source(module: str, node: ast.ImportFrom, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    above = module.split(".")
    above = above[: len(above) - node.level + is_package]
    return ".".join([*above, *([node.module] if node.module else [])])


def _used(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of everything imported from elsewhere that the module speaks of."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    yield from known.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            if first in known:
                yield f"{known[first]}.{rest}"


def test_our_modules_keep_the_house_plan() -> None:
    """Arrows point inward, two places read the environment, none in the centre reads the clock."""
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("path", "line", "breach"),
    [
        pytest.param("app/a.py", "import mailer.send", "app.a imports mailer.send", id="door to door"),
        pytest.param("app/a.py", "from mailer import send", "app.a imports mailer.send", id="from a door"),
        pytest.param("report/a.py", "import app", "report.a imports app", id="centre to door"),
        pytest.param(
            "report/a.py",
            "from report.adapters import s3",
            "report.a imports report.adapters.s3",
            id="centre to adapter",
        ),
        pytest.param(
            "report/a/__init__.py",
            "from ..adapters import s3",
            "report.a imports report.adapters.s3",
            id="relative, from a package",
        ),
        pytest.param(
            "report/a/b.py",
            "def late():\n    from ..adapters.s3 import S3",
            "report.a.b imports report.adapters.s3.S3",
            id="relative, inside a function",
        ),
        pytest.param(
            "report/a.py",
            "from report.composition import Services",
            "report.a imports report.composition.Services",
            id="centre to composition",
        ),
        pytest.param(
            "report/adapters/a.py",
            "import report.composition",
            "report.adapters.a imports report.composition",
            id="adapter to composition",
        ),
        pytest.param(
            "mailer/a.py",
            "import report.adapters.smtp",
            "mailer.a imports report.adapters.smtp",
            id="door to adapter",
        ),
        pytest.param(
            "app/a.py",
            "import os\nx = os.environ['A']",
            "app.a reads the environment by os.environ",
            id="environment",
        ),
        pytest.param(
            "app/a.py",
            "from os import getenv as g",
            "app.a reads the environment by os.getenv",
            id="environment under another name",
        ),
        pytest.param(
            "collector/a.py",
            "from dotenv import load_dotenv",
            "collector.a reads the environment by dotenv.load_dotenv",
            id=".env",
        ),
        pytest.param(
            "report/a.py",
            "import datetime as d\nd.datetime.now()",
            "report.a reads the clock by datetime.datetime.now",
            id="clock in the centre",
        ),
        pytest.param(
            "report/a.py",
            "from time import time as now\nnow()",
            "report.a reads the clock by time.time",
            id="clock under another name",
        ),
    ],
)
def test_a_breach_is_named(tmp_path: Path, path: str, line: str, breach: str) -> None:
    """The check itself can fail: each kind of breach is found, and said with its module."""
    _write(tmp_path / path, line)

    assert breaches(tmp_path) == [breach]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("app/a.py", "from report.composition import Services", id="door to composition"),
        pytest.param("report/__main__.py", "import report.composition", id="the report's own door"),
        pytest.param("report/commands/a.py", "import report.composition", id="a command of that door"),
        pytest.param(
            "report/composition.py", "from report.adapters import s3\nimport os\nos.environ", id="root"
        ),
        pytest.param("report/adapters/a.py", "from report.adapters import b", id="adapter to adapter"),
        pytest.param("collector/lambda_function.py", "import os\nos.environ", id="lambda's environment"),
        pytest.param(
            "mailer/__main__.py", "from datetime import datetime\ndatetime.now()", id="a door's clock"
        ),
        pytest.param("app/a.py", "from app import b\nimport application", id="a door's own room"),
    ],
)
def test_what_the_plan_allows_passes(tmp_path: Path, path: str, line: str) -> None:
    """Doors use the composition root, which alone makes adapters and reads the environment."""
    _write(tmp_path / path, line)

    assert breaches(tmp_path) == []


@pytest.mark.parametrize("text", ["x = 1", '"""No full stop"""'], ids=["no docstring", "no sentence"])
def test_a_module_without_a_first_sentence_is_named(tmp_path: Path, text: str) -> None:
    """Every module's first line says in one sentence what it is for."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_text(text, encoding="utf-8")

    assert [breach.partition(":")[0] for breach in breaches(tmp_path)] == [
        "app.a does not begin with one sentence"
    ]


def _write(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f'"""A module."""\n\n{line}\n', encoding="utf-8")
