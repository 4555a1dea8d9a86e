"""Where a report finds what it is made from and lays its results, and which such places contradict others."""

from collections.abc import Iterator, Mapping

from report.setting_rules import StorageUrl

SOURCES, RESULTS = "sources", "results"


def place_of(base: StorageUrl, said: Mapping[str, StorageUrl], kind: str, report: str) -> StorageUrl:
    """Return the place that is said for a report, else the folder <kind>/<report>/ of `base`, STORAGE_URL."""
    return said.get(report) or _below(base, f"{kind}/{report}/")


def shown(place: StorageUrl, key: str) -> str:
    """Return where a key of the place lies: a path, or s3://bucket/key."""
    if place.folder is not None:
        return str(place.folder / key)
    return f"s3://{place.bucket}/{place.prefix}{key}"


def contradictions(
    base: StorageUrl, sources: Mapping[str, StorageUrl], results: Mapping[str, StorageUrl]
) -> Iterator[str]:
    """Yield what is wrong with REPORT_RESULTS beside REPORT_SOURCES and STORAGE_URL.

    A report reads all of its source, so results in it would be made into the next ones; and what lies in
    STORAGE_URL is ours alone, but for its folder results/.
    """
    named = sorted({*sources, *results})
    for report in named:
        place = place_of(base, results, RESULTS, report)
        for other in named:
            if _within(place, place_of(base, sources, SOURCES, other)):
                yield (
                    f"REPORT_RESULTS lays those of {report} at {shown(place, '')}, within the source of "
                    f"{other}; expected a place that no report reads"
                )
        if _within(place, base) and not _within(place, _below(base, f"{RESULTS}/")):
            yield (
                f"REPORT_RESULTS lays those of {report} at {shown(place, '')}, among what STORAGE_URL keeps "
                f"for itself; expected a place apart from it, or below its folder {RESULTS}/"
            )


def _below(base: StorageUrl, folder: str) -> StorageUrl:
    if base.folder is not None:
        return StorageUrl(folder=base.folder / folder)
    return StorageUrl(bucket=base.bucket, prefix=base.prefix + folder)


def _within(one: StorageUrl, other: StorageUrl) -> bool:
    if one.folder is not None and other.folder is not None:
        return one.folder.resolve().is_relative_to(other.folder.resolve())
    if one.folder is not None or other.folder is not None:
        return False
    return one.bucket == other.bucket and one.prefix.startswith(other.prefix)
