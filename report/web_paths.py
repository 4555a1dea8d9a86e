"""Where a report stands on the web: the server's own at the root, every other in a folder of its name."""

import re

from report.catalogue import FIRST

_OTHERS = re.compile(r"/reports/(?P<report>[a-z][a-z0-9-]*)/")


def home_of(report: str) -> str:
    """Return the path of a report's newest edition; it begins and ends in "/"."""
    return "/" if report == FIRST else f"/reports/{report}/"


def report_at(path: str) -> str:
    """Return the report in whose folder a path lies; what lies in no other's is the server's own."""
    found = _OTHERS.match(path)
    return found["report"] if found else FIRST


def archive_of(report: str) -> str:
    """Return the path of the list of a report's editions, ending in "/"."""
    return f"{home_of(report)}editions/"


def subscribing_to(report: str) -> str:
    """Return the link to the form where a report is asked for by mail."""
    return "/subscribe" if report == FIRST else f"/subscribe?report={report}"


def period_path(report: str, period_id: str) -> str:
    """Return the path of a period's newest edition, ending in "/"; that of revision 2 is below, in "r2/"."""
    return f"{archive_of(report)}{period_id}/"
