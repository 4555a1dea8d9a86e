"""The small pages the server writes itself: the archive, waiting, and what went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from flask import Response, jsonify, request
from markupsafe import Markup

from app.answers import FRESH, NEVER_KEPT
from app.request_ids import current_id
from app.routes import WAITING, count_as
from report.catalogue import FIRST, Recipe
from report.periods import last_day_named, monday_named, month_named
from report.rendering.shell import render_shell
from report.values import Span
from report.web_paths import period_path
from report.words import count_of, days_of_week, plain_day

_REFRESH_SECONDS = 5
_WAYS_ON = Markup(
    '<p><a href="/">Read the newest report</a>, <a href="/reports/">see which reports there are</a>, '
    '<a href="/tags/">find a hashtag</a> or <a href="/editions/">look in the archive</a>.</p>'
)


def list_page(title: str, body: Markup, report: str = FIRST) -> Response:
    """Return a page that lists what there is just now, which may be kept as long as a report."""
    response = Response(render_shell(title, body, report=report), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = FRESH
    response.add_etag()
    response.make_conditional(request)
    return response


def archive_page(recipe: Recipe, periods: Iterable[str]) -> Response:
    """Return the list of a report's days, weeks and months, as they come, by what they end in."""
    listed = [_Listed.of(period) for period in periods]
    groups = groupby(listed, key=lambda one: one.group)
    lists = Markup("").join(_group(recipe.name, name, group) for name, group in groups)
    body = Markup('<h1 class="headline">{}</h1>{}').format(
        _by_what(recipe, listed), lists or Markup('<p class="empty">There is none yet.</p>')
    )
    title = "Archive" if recipe.name == FIRST else f"{recipe.title}: archive"
    return list_page(title, body, recipe.name)


def lacking_page(recipe: Recipe) -> Response:
    """Return what a report is made from that is not there; it does not look again by itself."""
    heading = f"There is no report of {recipe.title} yet"
    advice = f"It is made from {recipe.needs}. Of its newest period nothing is there yet."
    then = "Once there is, this page starts the build within the hour."
    command = (
        f"python -m report build --report {recipe.name} makes it at once, with --date that of another day."
    )
    return problem_page(404, heading, advice, then, command)


def waiting_page(heading: str, report: str = FIRST) -> Response:
    """Return a page that asks again by itself until there is a report; 503, for machines."""
    count_as(WAITING)
    says = f"This page looks again every {_REFRESH_SECONDS} seconds."
    return _asking_again(heading, says, "Ask again in a few seconds.", _REFRESH_SECONDS, report)


def failing_page(what: str, since: datetime, again_seconds: int, report: str = FIRST) -> Response:
    """Return that `what` cannot be built `since` when (UTC), and is tried again by itself; 503.

    Why is for whoever runs the server: it stands in the log, and may hold what no reader is to see.
    """
    minutes = count_of(ceil(again_seconds / 60), "minute")
    again = f"tried again by itself within {minutes}" if again_seconds > 0 else "being tried again just now"
    says = (
        f"The last build failed; none has worked since {since:%H:%M} UTC on {plain_day(since.date())}. "
        f"It is {again}. Whoever runs this server finds the reason in its log."
    )
    seconds = max(_REFRESH_SECONDS, again_seconds)
    return _asking_again(f"{what} cannot be built just now", says, says, seconds, report)


def _asking_again(heading: str, says: str, advice: str, seconds: int, report: str) -> Response:
    body = Markup('<h1 class="headline">{}</h1><p>{}</p>').format(heading, says)
    body += Markup('<p><a href="/reports/">See which reports there are</a> meanwhile.</p>')
    again = Markup('<meta http-equiv="refresh" content="{}">').format(seconds)
    response = _said(503, heading, advice, body, head=again, report=report)
    response.headers["Retry-After"] = str(seconds)
    return response


def problem_page(status: int, heading: str, *advice: str) -> Response:
    """Return what went wrong and what to do next, as HTML, JSON or text: whichever is asked for."""
    said = Markup("").join(Markup("<p>{}</p>").format(sentences) for sentences in advice)
    body = Markup('<h1 class="headline">{}</h1>{}{}').format(heading, said, _WAYS_ON)
    if name := current_id():
        body += Markup("<p><small>In the server's log this is {}.</small></p>").format(name)
    return _said(status, heading, " ".join(advice), body)


def _said(
    status: int, heading: str, advice: str, body: Markup, head: Markup | str = "", report: str = FIRST
) -> Response:
    kinds = ["text/html", "application/json", "text/plain"]
    kind = request.accept_mimetypes.best_match(kinds, default="text/html")
    if kind == "application/json":
        response = jsonify(error=heading, next=advice, id=current_id())
    elif kind == "text/plain":
        text = f"{heading}\n{advice}\n{current_id()}\n"
        response = Response(text, content_type="text/plain; charset=utf-8")
    else:
        page = render_shell(heading, body, head_html=head, report=report)
        response = Response(page, content_type="text/html; charset=utf-8")
    response.status_code = status
    response.headers["Cache-Control"] = NEVER_KEPT
    response.headers["Vary"] = "Accept"
    return response


@dataclass(frozen=True)
class _Listed:
    """A day, week or month in the archive: its id, what it is called there, and below which heading."""

    id: str
    name: str
    group: str
    span: Span

    @classmethod
    def of(cls, period: str) -> "_Listed":
        last = last_day_named(period)
        assert last, f"the archive has whole periods alone, not {period!r}"
        month = f"{last:%B} {last.year}"
        if monday_named(period):
            name = f"Week {last.isocalendar().week}, {days_of_week(last)}"
            return cls(period, name, month, Span.WEEK)
        if month_named(period):
            return cls(period, month, f"{last.year}", Span.MONTH)
        return cls(period, f"{last:%A} {last.day}", month, Span.DAY)


def _by_what(recipe: Recipe, listed: Iterable[_Listed]) -> str:
    """The archive's heading, which names only what there is."""
    spans = {one.span for one in listed}
    kinds = " and ".join(f"by {span.value.removesuffix('s')}" for span in Span if span in spans)
    what = "All reports" if recipe.name == FIRST else f"{recipe.title}, all reports"
    return f"{what}, {kinds}" if kinds else what


def _group(report: str, name: str, listed: Iterable[_Listed]) -> Markup:
    row, week = Markup('<li><a href="{}">{}</a></li>'), Markup("<strong>{}</strong>")
    rows = Markup("").join(
        row.format(period_path(report, one.id), week.format(one.name) if one.span is Span.WEEK else one.name)
        for one in listed
    )
    return Markup("<section><h2>{}</h2><ul>{}</ul></section>").format(name, rows)
