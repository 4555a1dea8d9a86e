"""The page: the report's body in the web's shell."""

from markupsafe import Markup

from report.catalogue import FIRST
from report.rendering.shell import render_shell
from report.values import Report
from report.words import period_name


def render_page(report: Report, body: Markup) -> str:
    """Return the page as it is served and published."""
    name = period_name(report.period)
    notice = Markup('<p class="notice">{}</p>').format(report.notice) if report.notice else Markup()
    title = f"{report.title}, {name}"
    return render_shell(
        title,
        notice + body,
        description=report.headline,
        dateline=name if report.name == FIRST else title,
        report=report.name,
    )
