"""The city's monthly report: what was requested of it, by service, from all CSV files of a month.

The source holds files named after their month, in any folder: 2019_jan_1.csv, 2019_jan_2.csv.gz. Each has the
columns `service_request_id`, `date_requested` and `service_name`, and may have others. thresholds.csv
says from which count of a service a department is told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from report.catalogue import Ingredients
from report.catalogue.requests.describing import describe
from report.catalogue.requests.files import MONTHS, month_before, sources_of
from report.catalogue.requests.monthly import count_month, count_month_before
from report.catalogue.requests.thresholds import message_of, thresholds_of
from report.telling import Message
from report.values import Period, Report, Span

TITLE = "City Requests"
SPANS = (Span.MONTH,)
NEEDS = "CSV files named after their month, such as 2019_jan_1.csv, in {source}"


def prepare(ingredients: Ingredients, period: Period) -> Iterable[str]:
    """Return a line for each file of the month and the one before; raise `BuildError` where there is none."""
    return sources_of(ingredients.source, period)


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the month's requests by service, beside those of the month before.

    Raise `BuildError` where no file of the month can be counted, and `StorageError`.
    """
    source = ingredients.source
    month, before = count_month(source, period), count_month_before(source, month_before(period))
    return describe(TITLE, month, before, *thresholds_of(source))


def results(period: Period) -> Mapping[str, str]:
    """Return the files others look for, in a folder of the year and month."""
    folder = f"{period.day.year:04}/{MONTHS[period.day.month - 1]}/"
    return {
        f"{folder}final_report.csv": "services.csv",
        f"{folder}final_report.html": "page.html",
        f"{folder}final_chart.html": "most-requested-chart.html",
    }


def alerts(data: Mapping[str, Any]) -> Iterable[Message]:
    """Return what departments are told: each service of theirs whose count has reached its threshold."""
    return (message_of(data["period"]["id"], one) for one in data["reached"])
