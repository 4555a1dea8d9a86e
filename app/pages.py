"""The small pages the server writes itself: the archive, waiting, and what went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Response, jsonify, request
from markupsafe import Markup

from app.answers import FRESH, NEVER_KEPT
from app.request_ids import current_id
from report.periods import monday_named
from report.rendering.shell import render_shell
from report.words import days_of_week

_REFRESH_SECONDS = 5
_WAYS_ON = Markup(
    '<p><a href="/">Read the newest report</a>, <a href="/tags/">find a hashtag</a> '
    'or <a href="/editions/">look in the archive</a>.</p>'
)


def archive_page(periods: Iterable[str]) -> Response:
    """Return the list of days and weeks, as they come, by the month in which they end."""
    months = groupby(map(_Listed.of, periods), key=lambda one: f"{one.last:%B %Y}")
    lists = Markup("").join(_month(name, month) for name, month in months)
    body = Markup('<h1 class="headline">All reports, by day and by week</h1>{}').format(
        lists or Markup('<p class="empty">There is none yet.</p>')
    )
    response = Response(render_shell("Archive", body), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = FRESH
    response.add_etag()
    response.make_conditional(request)
    return response


def waiting_page(heading: str) -> Response:
    """Return a page that asks again by itself until there is a report; 503, for machines."""
    body = Markup('<h1 class="headline">{}</h1><p>This page looks again every {} seconds.</p>').format(
        heading, _REFRESH_SECONDS
    )
    again = Markup('<meta http-equiv="refresh" content="{}">').format(_REFRESH_SECONDS)
    response = _said(503, heading, "Ask again in a few seconds.", body, again)
    response.headers["Retry-After"] = str(_REFRESH_SECONDS)
    return response


def problem_page(status: int, heading: str, advice: str) -> Response:
    """Return what went wrong and what to do next, as HTML, JSON or text: whichever is asked for."""
    body = Markup('<h1 class="headline">{}</h1><p>{}</p>{}').format(heading, advice, _WAYS_ON)
    if name := current_id():
        body += Markup("<p><small>In the server's log this is {}.</small></p>").format(name)
    return _said(status, heading, advice, body)


def _said(status: int, heading: str, advice: str, body: Markup, head: Markup | str = "") -> Response:
    kinds = ["text/html", "application/json", "text/plain"]
    kind = request.accept_mimetypes.best_match(kinds, default="text/html")
    if kind == "application/json":
        response = jsonify(error=heading, next=advice, id=current_id())
    elif kind == "text/plain":
        text = f"{heading}\n{advice}\n{current_id()}\n"
        response = Response(text, content_type="text/plain; charset=utf-8")
    else:
        page = render_shell(heading, body, head_html=head)
        response = Response(page, content_type="text/html; charset=utf-8")
    response.status_code = status
    response.headers["Cache-Control"] = NEVER_KEPT
    response.headers["Vary"] = "Accept"
    return response


@dataclass(frozen=True)
class _Listed:
    """A day or week in the archive: its id, its last day, and what it is called there."""

    id: str
    last: date
    name: str
    is_week: bool = False

    @classmethod
    def of(cls, period: str) -> "_Listed":
        monday = monday_named(period)
        if monday is None:
            day = date.fromisoformat(period)
            return cls(period, day, f"{day:%A} {day.day}")
        sunday = monday + timedelta(days=6)
        return cls(period, sunday, f"Week {monday.isocalendar().week}, {days_of_week(sunday)}", is_week=True)


def _month(name: str, listed: Iterable[_Listed]) -> Markup:
    day, week = Markup('<li><a href="/editions/{}/">{}</a></li>'), Markup("<strong>{}</strong>")
    rows = Markup("").join(
        day.format(one.id, week.format(one.name) if one.is_week else one.name) for one in listed
    )
    return Markup("<section><h2>{}</h2><ul>{}</ul></section>").format(name, rows)
