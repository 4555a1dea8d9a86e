"""Checks the settings of a server, and prints what its deployment has to know.

Started in a release, with the settings as standard input. Prints the port; "postfix" where mail leaves by
this machine's own server; what this machine collects, of "tweets topics"; then a line for each folder that is
written to.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from report.errors import SettingsError
from report.setting_file import settings_in
from report.settings import Settings

_NEEDED = ("STORAGE_URL", "PUBLIC_URL", "SMTP_URL", "MAIL_TO")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_SMTP_PORT = 25
_COLLECTED = {"tweets": "FEED_URL", "topics": "TOPICS_URL"}


def lines(environ: Mapping[str, str], release: Path) -> list[str]:
    """Return what is to be known; raise `SettingsError` naming all that lacks or is wrong for a server."""
    missing = [
        f"{name} is not set; a server needs it" for name in _NEEDED if not environ.get(name, "").strip()
    ]
    _refuse(missing)
    settings = Settings.from_environ(environ)
    folders = list(_folders(settings))
    _refuse(_lost([*folders, *_sources(settings)], release))
    smtp = settings.smtp_url
    is_here = smtp.host in _THIS_MACHINE and smtp.port == _SMTP_PORT
    return [
        str(settings.port),
        "postfix" if is_here else "",
        " ".join(what for what, name in _COLLECTED.items() if environ.get(name, "").strip()),
        *sorted({str(folder.resolve()) for _, folder in folders}),
    ]


def _folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    places = [
        ("STORAGE_URL", settings.storage_url.folder),
        ("SMTP_URL", settings.smtp_url.folder),
        ("SITE_URL", settings.site_url.folder),
        ("CACHE_DIR", settings.cache_dir),
        ("DEPARTMENT_TOPICS", settings.department_topics.folder),
        *(("REPORT_RESULTS", place.folder) for _, place in settings.report_results),
    ]
    yield from ((name, folder) for name, folder in places if folder is not None)


def _sources(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Folders that are read alone."""
    yield from (("REPORT_SOURCES", place.folder) for _, place in settings.report_sources if place.folder)


def _lost(folders: Iterable[tuple[str, Path]], release: Path) -> list[str]:
    """What would be gone with the next release."""
    inside = [(name, folder) for name, folder in folders if folder.resolve().is_relative_to(release)]
    advice = "expected a path that begins with /, since releases come and go"
    return [f"{name} lies in the release, at {str(folder)!r}; {advice}" for name, folder in inside]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise SettingsError("wrong settings:\n" + "\n".join(f"  {problem}" for problem in problems))


def main() -> None:
    """Read the settings from standard input, which a user may be handed that could not open the file."""
    try:
        environ = settings_in(sys.stdin.buffer.read(), "the file of settings")
        sys.stdout.write("\n".join(lines(environ, Path.cwd())) + "\n")
    except SettingsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
