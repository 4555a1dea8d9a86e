"""What a mail says of a period in which nothing was collected: two lines instead of empty tables."""

from report.values import Period
from report.words import span


def what_to_look_at(period: Period) -> str:
    """Return what a reader of an empty report is told to look at; a link follows it."""
    return (
        f"Nothing arrived ({span(period)}): look whether the collector runs and its feed answers. "
        "What arrives late is shown here:"
    )
