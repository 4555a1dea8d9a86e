"""The source bundle for Elastic Beanstalk: what runs, and how the platform is told to run it."""

from collections.abc import Iterator
from pathlib import Path

from deploy.packaging.zips import Member, PackageError, write_zip

LARGEST_BYTES = 900_000
_DOORS = ("app", "collector", "mailer", "report")
_FILES = ("LICENSE", "Procfile", "crontab", "gunicorn.conf.py", "requirements.txt")
_KINDS = (".css", ".j2", ".js", ".py", ".sql", ".svg", ".toml")
_PLATFORM = Path("deploy/beanstalk")
_HOOKS, _CONFIG_HOOKS = ".platform/hooks/", ".platform/confighooks/"
_NGINX = (Path("deploy/nginx.conf"), ".platform/nginx/conf.d/twitter-trends.conf")


def write_bundle(root: Path, path: Path) -> int:
    """Write the bundle from the project at `root`, and return its size in bytes; raise `PackageError`."""
    rules, place = _NGINX
    members = [
        *(Member(name, (root / name).read_bytes()) for name in _FILES),
        *(member for door in _DOORS for member in _code(root, door)),
        *_platform(root / _PLATFORM),
        Member(place, (root / rules).read_bytes()),
    ]
    return write_zip(path, members, LARGEST_BYTES)


def _code(root: Path, door: str) -> Iterator[Member]:
    for file in _files(root / door):
        if file.suffix not in _KINDS:
            name = file.relative_to(root)
            raise PackageError(f"{name} neither runs nor is shown: remove it, or name its kind in bundle.py")
        yield Member(file.relative_to(root).as_posix(), file.read_bytes())


def _platform(folder: Path) -> Iterator[Member]:
    """Yield what the platform reads. A hook runs after a change of settings too, from a folder of its own."""
    for file in _files(folder):
        name, is_program = file.relative_to(folder).as_posix(), file.suffix == ".sh"
        yield Member(name, file.read_bytes(), is_program)
        if name.startswith(_HOOKS):
            yield Member(_CONFIG_HOOKS + name.removeprefix(_HOOKS), file.read_bytes(), is_program)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
