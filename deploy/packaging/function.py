"""The collector's function for Lambda: our modules it runs, and nothing that its runtime has."""

from importlib.resources import files
from pathlib import Path

from deploy.packaging.imports import needed_files
from deploy.packaging.zips import Member, write_zip

LARGEST_BYTES = 100_000
_HANDLER = "collector.lambda_function"
_CALLED = ("report.adapters.s3_storage", "report.adapters.file_cache")  # by `services_from`, for s3://…
_NO_WORDS = b""


def write_function(root: Path, path: Path) -> int:
    """Write the function's zip from the project at `root`, and return its size; raise `PackageError`."""
    ours = [
        Member(file.relative_to(root).as_posix(), file.read_bytes())
        for file in needed_files(root, (_HANDLER, *_CALLED))
    ]
    return write_zip(path, [*ours, *_utc()], LARGEST_BYTES)


def _utc() -> list[Member]:
    """Return the one time zone storage is kept in: not each release of the runtime brought zones along."""
    return [
        Member("tzdata/__init__.py", _NO_WORDS),
        Member("tzdata/zoneinfo/__init__.py", _NO_WORDS),
        Member("tzdata/zoneinfo/UTC", files("tzdata").joinpath("zoneinfo", "UTC").read_bytes()),
    ]
