"""What the requests report says of a counted month, section by section."""

from collections.abc import Sequence
from typing import Any

from report.catalogue.requests.monthly import CountedFile, Month
from report.catalogue.requests.thresholds import Threshold, reached
from report.changes import compare
from report.values import (
    Change,
    ChartKind,
    ChartSpec,
    Column,
    Kind,
    Note,
    Report,
    Section,
    Series,
    Table,
    Value,
    Verdict,
)
from report.words import count_of, isolated, percent, period_name

TOP = 10
_SHOWN = 25
_SERVICE, _REQUESTS = Column("Service", Kind.WORD, "service_name"), Column("Requests", Kind.COUNT)


def describe(
    title: str, month: Month, before: Month | None, thresholds: list[Threshold], wrong: Sequence[str]
) -> Report:
    """Return the report of a counted month; `wrong` says what is wrong with the list of thresholds."""
    told = reached(thresholds, month.services)
    listed = (Section("Over the threshold", (_thresholds_table(told),)),) if thresholds else ()
    small_print = (Note((*_rules(month, before), *wrong)), _files_table(month.files))
    return Report(
        name="requests",
        title=title,
        period=month.period,
        headline=_headline(month, before),
        sections=(
            Section("Services", (_services_table(month, before), _chart(month))),
            *listed,
            Section("How this was counted", small_print),
        ),
        data=_data(month, before, told),
        ranking=tuple(month.services)[:TOP],
        totals={"requests": month.total},
        notice=_notice(month.files),
    )


def _headline(month: Month, before: Month | None) -> str:
    name = period_name(month.period)
    if not month.services:
        return f"No request in {name}: its files hold none."
    service, requests = next(iter(month.services.items()))
    compared = f", {_compared(_change(month, before), before)}" if before else ""
    return (
        f"{count_of(month.total, 'request')} in {name}{compared}; "
        f"most for {isolated(service)}: {requests:,}, {percent(requests / month.total)} of all."
    )


def _compared(change: Change, before: Month) -> str:
    name = period_name(before.period)
    if change.verdict is not Verdict.REAL or change.percent is None:
        return f"about as many a day as in {name}"
    more = "more" if change.percent > 0 else "fewer"
    return f"{abs(change.percent):,.0f}\N{NO-BREAK SPACE}% {more} a day than in {name}"


def _change(month: Month, before: Month, service: str = "") -> Change:
    """How all requests, or those of a service, changed from month to month, per day that has any."""
    then, now = (one.services.get(service, 0) if service else one.total for one in (before, month))
    return compare(then, before.observed_minutes, now, month.observed_minutes)


def _services_table(month: Month, before: Month | None) -> Table:
    columns = [_SERVICE, _REQUESTS, Column("Requests, drawn", Kind.BAR), Column("Share", Kind.SHARE)]
    if before:
        columns += [Column("Change", Kind.CHANGE), Column("Requests before", Kind.DATA)]
    rows: list[tuple[Value, ...]] = []
    for service, requests in month.services.items():
        row: tuple[Value, ...] = (service, requests, requests, requests / month.total)
        if before:
            row += (_change(month, before, service), before.services.get(service, 0))
        rows.append(row)
    return Table(
        slug="services",
        title="Requests by service, the most first",
        columns=tuple(columns),
        rows=tuple(rows),
        note=f"Change: requests a day, against {period_name(before.period)}." if before else "",
        empty="No request was made.",
        shown=_SHOWN,
    )


def _chart(month: Month) -> ChartSpec:
    top = list(month.services.items())[:TOP]
    rest = len(month.services) - len(top)
    share = percent(sum(requests for _, requests in top) / month.total) if top else ""
    return ChartSpec(
        slug="most-requested",
        title=f"The first {len(top)} of {len(month.services):,} services make {share} of the requests"
        if rest
        else "Requests of each service",
        kind=ChartKind.BARS,
        axis="service",
        unit="requests",
        labels=tuple(service for service, _ in top),
        series=(Series("requests", tuple(float(requests) for _, requests in top)),),
    )


def _thresholds_table(told: Sequence[dict[str, Any]]) -> Table:
    columns = (_SERVICE, Column("Department", Kind.WORD), _REQUESTS, Column("Threshold", Kind.COUNT))
    rows = tuple((one["service"], one["department"], one["requests"], one["threshold"]) for one in told)
    return Table(
        slug="over-threshold",
        title="Services whose count reached the threshold of a department",
        columns=columns,
        rows=rows,
        note="Each department is told once of each count.",
        empty="No service reached the threshold of a department.",
    )


def _files_table(files: Sequence[CountedFile]) -> Table:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (file.key, f"not counted: {file.refused}" if file.refused else "; ".join(file.remarks), file.requests)
        for file in files
    )
    return Table(
        slug="files",
        title="The month's files",
        columns=(Column("File", Kind.WORD), Column("Remark", Kind.REMARK), _REQUESTS),
        rows=rows,
    )


def _rules(month: Month, before: Month | None) -> list[str]:
    days = f"There are requests on {month.days} of {month.calendar_days} days."
    rules = [
        f"Each row of the month's files is one request, under the service as it is spelt there. {days}",
    ]
    odd = [
        f"{count_of(month.outside, 'request')} of another month's date" if month.outside else "",
        f"{count_of(month.undated, 'request')} without a date that can be read" if month.undated else "",
    ]
    if any(odd):
        rules.append(f"Counted too: {' and '.join(filter(None, odd))}.")
    if before:
        rules.append(
            f"A change is called real from three standard errors on, and compares the requests a day: "
            f"{before.total:,} on {before.days} days of {period_name(before.period)}."
        )
        rules += [
            f"{file.key} of that month {file.refused}: it is not counted."
            for file in before.files
            if file.refused
        ]
    return rules


def _notice(files: Sequence[CountedFile]) -> str:
    refused = [f"{file.key} {file.refused}" for file in files if file.refused]
    if not refused:
        return ""
    counted = "is" if len(refused) == 1 else "are"
    return f"{len(refused)} of {count_of(len(files), 'file')} {counted} not counted: {'; '.join(refused)}."


def _data(month: Month, before: Month | None, told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "requests": month.total,
        "days": month.days,
        "outside": month.outside,
        "undated": month.undated,
        "services": [{"service": name, "requests": number} for name, number in month.services.items()],
        "before": {"period": before.period.id, "requests": before.total, "days": before.days}
        if before
        else None,
        "reached": list(told),
        "files": [
            {
                "file": file.key,
                "requests": file.requests,
                "refused": file.refused,
                "remarks": list(file.remarks),
            }
            for file in month.files
        ],
    }
