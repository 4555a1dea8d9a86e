"""The mail that asks whether a wish to subscribe is meant: text and HTML say the same."""

from datetime import datetime

import css_inline

from report.readers import Reader
from report.rendering.shell import environment
from report.tokens import CONFIRM_WITHIN, Wish


def subject_of(wish: Wish) -> str:
    """Return the mail's subject."""
    return f"Please confirm: {wish.reader.titles} by mail"


def render_question(wish: Wish, link: str) -> tuple[str, str]:
    """Return the mail's text and HTML; `link` leads to the page that fulfils the wish."""
    values = {
        "titles": wish.reader.titles,
        "when": wish.reader.when,
        "until": _moment(wish.asked_at + CONFIRM_WITHIN, wish.reader),
        "asked": _moment(wish.asked_at, wish.reader),
        "link": link,
    }
    text = environment().get_template("confirmation.txt.j2").render(values)
    page = environment().get_template("confirmation.html.j2").render(values)
    return text, css_inline.inline(page)


def _moment(moment: datetime, reader: Reader) -> str:
    local = moment.astimezone(reader.zone)
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M} ({reader.zone.key})"
