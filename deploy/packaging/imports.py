"""Which of our modules a module needs, read from its import lines without running it.

Lines inside functions do not count: they name what is asked for only where that function is called. Who
calls one names its modules besides.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.packaging.zips import PackageError


def needed_files(root: Path, modules: Iterable[str]) -> list[Path]:
    """Return the files below `root` that importing `modules` reads, in order; raise `PackageError`.

    What is found nowhere below `root` belongs to others and is left out.
    """
    found: set[Path] = set()
    for module in modules:
        if _file_of(root, module) is None:
            raise PackageError(f"there is no module {module!r} below {root}")
        _gather(root, module, found)
    return sorted(found)


def _gather(root: Path, module: str, found: set[Path]) -> None:
    file = _file_of(root, module)
    if file is None or file in found:
        return
    found.add(file)
    package = module.rpartition(".")[0]
    if package:
        _gather(root, package, found)
    for name in _imported(ast.parse(file.read_text(encoding="utf-8")).body):
        _gather(root, name, found)


def _file_of(root: Path, module: str) -> Path | None:
    place = root.joinpath(*module.split("."))
    candidates = (place.with_name(f"{place.name}.py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _imported(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that are imported as the module is; `from a import b` may name the module a.b."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        elif isinstance(statement, ast.If):
            only_typed = "TYPE_CHECKING" in ast.unparse(statement.test)
            yield from _imported(statement.orelse if only_typed else [*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _imported(statement.body)
