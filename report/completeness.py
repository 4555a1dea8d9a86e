"""What a report says first where too little was observed to trust its numbers."""

from dataclasses import replace

from report.values import Report
from report.words import percent


def noticed(report: Report, warn_below: int) -> Report:
    """Return the report with a notice where under `warn_below` percent of its minutes were observed.

    A report without minutes has no notice, nor has an empty one: its headline says that nothing was
    collected.
    """
    if report.coverage is None or report.is_empty or report.coverage * 100 >= warn_below:
        return report
    notice = (
        f"Only {percent(report.coverage)} of the minutes were observed: numbers may be too low, and what was "
        "rare may be missing."
    )
    return replace(report, notice=notice)
