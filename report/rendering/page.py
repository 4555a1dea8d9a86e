"""The page: the report's body in the web's shell."""

from markupsafe import Markup

from report.rendering.shell import render_shell
from report.values import Report
from report.words import period_name


def render_page(report: Report, body: Markup) -> str:
    """Return the page as it is served and published."""
    name = period_name(report.period)
    notice = Markup('<p class="notice">{}</p>').format(report.notice) if report.notice else Markup()
    return render_shell(f"{report.title}, {name}", notice + body, description=report.headline, dateline=name)
