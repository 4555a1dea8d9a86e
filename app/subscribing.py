"""The addresses where people subscribe: the form, and the link by which they confirm what they asked for.

Whoever asks is told the same in the same time whatever we know of the address: it is not looked up. Opening
a link changes nothing, since mail scanners open them all; only the button does.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from app.letterbox import invitation, notice, page
from app.subscriptions import Subscriptions, open_with_secret
from app.wishes import Form, chosen, filled, reader_of
from report.addresses import veiled
from report.catalogue import FIRST, titles
from report.subscribing import Confirmed, ask, confirm
from report.tokens import Wish

_ONE, _SEVERAL = "Get the report by mail", "Get reports by mail"


def subscribing_pages(subscriptions: Subscriptions) -> Blueprint:
    """Return the form, and the page that confirms."""
    pages = Blueprint("subscribing", __name__)
    open_with_secret(pages, subscriptions)
    zone = subscriptions.settings.timezone.key

    @pages.get("/subscribe")
    def form() -> Response:
        wished = request.args.get("report", FIRST)
        return _form(subscriptions, Form(zone, reports=(wished,)))

    @pages.post("/subscribe")
    def subscribe() -> Response:
        sent = filled(request.form, chosen(request.form, titles(), otherwise=(FIRST,)))
        return _form(subscriptions, sent, 400) if sent.problems else _asked(subscriptions, sent)

    @pages.get("/subscribe/<token>")
    def question(token: str) -> Response:
        wish = subscriptions.signed.wish(token, datetime.now(UTC))
        return page(
            "confirm.html.j2",
            f"Get {wish.reader.titles} by mail?",
            address=veiled(wish.reader.address),
            when=wish.reader.when,
        )

    @pages.post("/subscribe/<token>")
    def confirmed(token: str) -> Response:
        now = datetime.now(UTC)
        wish = subscriptions.signed.wish(token, now)
        return _said(wish, confirm(subscriptions.storage, wish, now))

    return pages


def _form(subscriptions: Subscriptions, form: Form, status: int = 200) -> Response:
    offered = subscriptions.offered()
    title = _SEVERAL if len(offered) > 1 else _ONE
    return page("subscribe.html.j2", title, status, form=form, offered=offered)


def _asked(subscriptions: Subscriptions, sent: Form) -> Response:
    """Keep the wish and say so; nothing here depends on whose address it is."""
    subscriptions.visitors.count_wish()
    ask(subscriptions.storage, Wish(reader_of(sent), datetime.now(UTC)))
    subscriptions.start_asking()
    return notice(
        "Look into your mailbox",
        "If we may write to this address, a mail with a link is on its way. Open the link within 48 hours "
        "and press the button there. No report comes before that.",
        "Is nothing there after some minutes? Look among the junk. An address is asked once an hour at most.",
    )


def _said(wish: Wish, outcome: Confirmed) -> Response:
    if outcome is Confirmed.TOO_LATE:
        return invitation(
            "This link has run out",
            "You unsubscribed after asking for it. Please subscribe again.",
            status=410,
        )
    if outcome is Confirmed.BEFORE:
        return notice(
            "You subscribed already", "Nothing was changed. Each mail has a link to change what you get."
        )
    return notice(
        f"You will get {wish.reader.titles}",
        f"A mail comes {wish.reader.when}, from the next time on.",
        "Each mail has a link to change this, or to leave.",
    )
