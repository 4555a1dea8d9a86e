"""Where a report stands on the web: the server's own at the root, every other in a folder of its name."""

from report.catalogue import FIRST


def home_of(report: str) -> str:
    """Return the path of a report's newest edition; it begins and ends in "/"."""
    return "/" if report == FIRST else f"/reports/{report}/"


def archive_of(report: str) -> str:
    """Return the path of the list of a report's editions, ending in "/"."""
    return f"{home_of(report)}editions/"


def period_path(report: str, period_id: str) -> str:
    """Return the path of a period's newest edition, ending in "/"; that of revision 2 is below, in "r2/"."""
    return f"{archive_of(report)}{period_id}/"
