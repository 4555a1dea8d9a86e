"""The pages a site has of its own: lists of what there is, signposts to the server, and what is not there."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from markupsafe import Markup

from report.catalogue import FIRST
from report.publishing.links import path_of
from report.publishing.listing import (
    Group,
    ListingContext,
    ReportRow,
    by_month,
    by_year,
    folder,
    month_title,
    newest_first,
    report_row,
    sum_of,
)
from report.publishing.shelf import Shelved, last_revisions
from report.publishing.site import ERROR, HTML, INDEX, SiteFile, made
from report.rendering.shell import environment, render_shell
from report.web_paths import archive_of, home_of, report_at
from report.words import count_of, isolated, plain_day

MANY = 62
"""So many reports stand on one page; where there are more, months and years have pages of their own."""

_TITLE = "All reports and their files"
_UNKNOWN = "It is part of the live pages"
_SERVED = {
    "/today": "Today so far is told by the live pages",
    "/subscribe": "Subscribing is done on the live pages",
    "/manage": "Subscriptions are changed on the live pages",
    "/find": "Hashtags are found on the live pages",
    "/tags/": "The histories of hashtags are on the live pages",
}


def listing_pages(
    shelf: Sequence[Shelved], newest: Sequence[Shelved], has_feed: bool = False
) -> list[SiteFile]:
    """Return the index and, where reports are many, the pages of months and years.

    `newest` is the newest edition of each report that has one of a whole day.
    """
    months, is_long = by_month(shelf), len(shelf) > MANY
    pages = {"editions/index.html": ("Archive", _archive(shelf)), "reports/index.html": _reports(newest)}
    for one in newest:
        key = f"{archive_of(one.report).removeprefix('/')}{INDEX}"
        if key not in pages:
            own = [other for other in shelf if other.report == one.report]
            pages[key] = f"{one.title}: archive", _archive(own, f"{one.title}, newest first")
    if is_long:
        pages |= {_month_key(month): _month_page(month, found, shelf) for month, found in months}
        pages |= {f"archive/{year}/{INDEX}": _year_page(year, found) for year, found in by_year(shelf)}
    groups = tuple(_group(month, found, shelf) for month, found in (months[:1] if is_long else months))
    pages[INDEX] = _TITLE, _index(shelf, newest, groups, is_long)
    return [
        made(key, render_listing(*page, has_feed=has_feed, report=report_at(f"/{key}")), HTML)
        for key, page in pages.items()
    ]


def error_page() -> SiteFile:
    """Return what S3 shows where there is no file."""
    ways = Markup(
        '<p><a href="/latest/">Read the newest report</a> or <a href="/">see what there is</a>.</p>'
    )
    body = Markup('<h1 class="headline">There is nothing here</h1>{}').format(ways)
    return made(ERROR, render_shell("Not found", body), HTML)


def signpost(link: str, key: str, live: str) -> SiteFile:
    """Return the page that stands where only a server can answer, and leads there; `live` is its address."""
    report = report_at(link)
    heading = _SERVED.get(link.replace(home_of(report), "/", 1)) or _heading(link)
    body = Markup(
        '<h1 class="headline">{}</h1>'
        "<p>This site is made of files, and is brought up to date when a report is published. "
        'What changes in between is at <a href="{}">{}</a>.</p>'
        '<p><a href="/latest/">Read the newest report</a> '
        'or <a href="/editions/">look in the archive</a>.</p>'
    ).format(heading, f"{live}{link}", f"{live}{unquote(link)}")
    return made(key, render_shell(heading, body, report=report), HTML)


def render_listing(title: str, page: ListingContext, has_feed: bool = False, report: str = FIRST) -> str:
    """Return a page that lists files of a report, or of all, and leads to the site's feed if there is one."""
    templates = environment()
    body = Markup(templates.get_template("site.html.j2").render(page=page))  # noqa: S704 it escapes all
    style = templates.get_template("site_style.html.j2").render(has_feed=has_feed)
    head = Markup(style)  # noqa: S704 it escapes all
    return render_shell(title, body, head_html=head, report=report)


def _heading(link: str) -> str:
    if link.startswith("/tags/"):
        return f"The history of {isolated('#' + unquote(link.removeprefix('/tags/')))} is on the live pages"
    return _UNKNOWN


def _index(
    shelf: Sequence[Shelved],
    newest: Sequence[Shelved],
    groups: tuple[Group, ...],
    is_long: bool,
) -> ListingContext:
    titles = _titles(shelf)
    years = [folder(f"{year}", f"/archive/{year}/", found) for year, found in by_year(shelf)]
    return ListingContext(
        heading=_TITLE,
        told=f"{sum_of(shelf)}; the newest day is {plain_day(newest_first(shelf)[0].day)}.",
        newest=tuple(_latest(one, titles, at) for at, one in enumerate(newest)),
        groups=groups,
        folders=tuple(years) if is_long else (),
        folders_title="Year by year",
        folders_told="Each year has its page, and each month.",
        folders_head="Year",
    )


def _latest(one: Shelved, titles: Sequence[str], at: int) -> ReportRow:
    row = report_row(one, True, titles, with_files=False)
    return ReportRow(row.name, row.headline, f"/latest/{one.report}/" if at else "/latest/")


def _reports(newest: Sequence[Shelved]) -> tuple[str, ListingContext]:
    groups = tuple(
        Group(one.title, (report_row(one, True, (), with_files=False),), home_of(one.report))
        for one in newest
    )
    told = f"{count_of(len(newest), 'report')}, each with its newest."
    return "Reports", ListingContext("The reports", told, groups=groups)


def _archive(shelf: Sequence[Shelved], heading: str = "All reports, newest first") -> ListingContext:
    titles, last = _titles(shelf), _last_ids(shelf)
    groups = tuple(
        Group(
            month_title(month),
            tuple(report_row(one, True, titles, with_files=False) for one in found if one.id in last),
        )
        for month, found in by_month(shelf)
    )
    return ListingContext(heading, f"{sum_of(shelf)}.", groups=groups)


def _month_page(
    month: tuple[int, int], found: Sequence[Shelved], shelf: Sequence[Shelved]
) -> tuple[str, ListingContext]:
    title = month_title(month)
    return title, ListingContext(title, f"{sum_of(found)}.", groups=(_group(month, found, shelf),))


def _year_page(year: int, found: Sequence[Shelved]) -> tuple[str, ListingContext]:
    months = [folder(month_title(month), path_of(_month_key(month)), own) for month, own in by_month(found)]
    context = ListingContext(
        f"{year}",
        f"{sum_of(found)}.",
        folders=tuple(months),
        folders_title="Month by month",
        folders_told="Each month has its page, with every file.",
        folders_head="Month",
    )
    return f"{year}", context


def _group(month: tuple[int, int], found: Sequence[Shelved], shelf: Sequence[Shelved]) -> Group:
    titles, last = _titles(shelf), _last_ids(shelf)
    rows = [report_row(one, one.id in last, titles) for one in found]
    if found[0].id == newest_first(shelf)[0].id:
        rows[0] = replace(rows[0], is_open=True)
    return Group(month_title(month), tuple(rows))


def _last_ids(shelf: Sequence[Shelved]) -> set[tuple[str, str, int]]:
    return {one.id for one in last_revisions(shelf)}


def _titles(shelf: Sequence[Shelved]) -> list[str]:
    return sorted({one.title for one in shelf})


def _month_key(month: tuple[int, int]) -> str:
    return f"archive/{month[0]:04}/{month[1]:02}/{INDEX}"
