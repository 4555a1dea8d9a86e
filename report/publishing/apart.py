"""Keeps a site away from what must not be read by everybody."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from report.errors import SettingsError
from report.setting_rules import StorageUrl
from report.settings import Settings


def private_places(settings: Settings) -> Iterator[tuple[str, StorageUrl]]:
    """Yield each place that is ours alone, with the setting that says where it lies.

    In storage are raw tweets and readers' addresses, in what Athena puts out are tweets, in a report's source
    may be the addresses of those it tells, and in folders of mail and of what was told are those who got it.
    """
    yield "STORAGE_URL", settings.storage_url
    if settings.athena_output:
        output = urlsplit(settings.athena_output)
        yield "ATHENA_OUTPUT", StorageUrl(None, output.netloc, output.path.lstrip("/"))
    yield from (("REPORT_SOURCES", place) for _, place in settings.report_sources)
    folders = {"SMTP_URL": settings.smtp_url.folder, "DEPARTMENT_TOPICS": settings.department_topics.folder}
    yield from ((name, StorageUrl(folder=folder)) for name, folder in folders.items() if folder)


def check_apart(site: StorageUrl, ours: StorageUrl, name: str = "STORAGE_URL") -> None:
    """Raise `SettingsError` unless the site lies apart from what the setting `name` says is ours alone."""
    if site.folder and ours.folder:
        is_apart = not _within(site.folder, ours.folder) and not _within(ours.folder, site.folder)
        apart = "a folder that is neither within it nor around it"
    else:
        is_apart = site.bucket != ours.bucket or _lie_apart(site.prefix, ours.prefix)
        apart = "a bucket of its own, or else two prefixes of which neither begins with the other"
    if not is_apart:
        raise SettingsError(
            f"wrong settings:\n  SITE_URL lies where {name} does, with what not everybody may read; "
            f"expected {apart}"
        )


def _within(one: Path, other: Path) -> bool:
    return one.resolve().is_relative_to(other.resolve())


def _lie_apart(one: str, other: str) -> bool:
    return bool(one and other) and not one.startswith(other) and not other.startswith(one)
