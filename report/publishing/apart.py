"""Keeps a site away from what must not be read by everybody."""

from pathlib import Path

from report.errors import SettingsError
from report.setting_rules import StorageUrl


def check_apart(site: StorageUrl, ours: StorageUrl, name: str = "STORAGE_URL") -> None:
    """Raise `SettingsError` unless the site lies apart from what the setting `name` says is ours alone.

    In storage are raw tweets and readers' addresses; in what Athena puts out are tweets.
    """
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
