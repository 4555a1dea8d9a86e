"""The addresses where readers change what they get, and leave: by a link from any mail, however old."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from app.letterbox import invitation, page
from app.subscriptions import Subscriptions, open_with_secret
from app.wishes import Form, chosen, filled, form_of, rhythm_of, zone_of
from report.addresses import veiled
from report.catalogue import titles
from report.readers import Reader
from report.subscribing import choose, current, leave, rearrange
from report.suppressions import ALL

_ONE_CLICK = "One-Click"


def leaving_pages(subscriptions: Subscriptions) -> Blueprint:
    """Return the page of a link to unsubscribe: GET asks and changes nothing, POST acts at once.

    A mail program may POST by itself (RFC 8058): without cookies, and it follows no redirect.
    """
    pages = Blueprint("leaving", __name__)
    open_with_secret(pages, subscriptions)

    @pages.get("/unsubscribe/<token>")
    def question(token: str) -> Response:
        _, report = subscriptions.signed.unsubscribed(token)
        return page("unsubscribe.html.j2", f"No more of {titles().get(report, report)}?")

    @pages.post("/unsubscribe/<token>")
    def unsubscribe(token: str) -> Response:
        key, report = subscriptions.signed.unsubscribed(token)
        how = "one-click" if request.form.get("List-Unsubscribe") == _ONE_CLICK else "page"
        leave(subscriptions.storage, key, report, how, datetime.now(UTC))
        return _left(titles().get(report, report))

    return pages


def managing_pages(subscriptions: Subscriptions) -> Blueprint:
    """Return the page of a link to manage: GET shows, POST changes or ends what its reader gets."""
    pages = Blueprint("managing", __name__)
    open_with_secret(pages, subscriptions)
    storage, settings, offered = subscriptions.storage, subscriptions.settings, subscriptions.offered

    @pages.get("/manage/<token>")
    def show(token: str) -> Response:
        reader = current(storage, settings, subscriptions.signed.managed(token))
        return _shown(reader, form_of(reader), offered()) if reader else _nobody()

    @pages.post("/manage/<token>")
    def change(token: str) -> Response:
        key = subscriptions.signed.managed(token)
        if "leave" in request.form:
            leave(storage, key, ALL, "page", datetime.now(UTC))
            return _left("our mail")
        reader = current(storage, settings, key)
        if reader is None:
            return _nobody()
        ticked = chosen(request.form, dict.fromkeys((*titles(), *reader.reports)), otherwise=reader.reports)
        sent = filled(request.form, ticked, needs_address=False)
        if sent.problems:
            return _shown(reader, sent, offered(), status=400)
        subscriptions.visitors.count_change(key)
        now = datetime.now(UTC)
        choose(storage, settings, key, sent.reports, now)
        reader = rearrange(storage, settings, key, rhythm_of(sent), zone_of(sent), now)
        return _shown(reader, form_of(reader), offered(), "This is changed.") if reader else _nobody()

    return pages


def _shown(
    reader: Reader, form: Form, offered: Mapping[str, str], news: str = "", status: int = 200
) -> Response:
    known = titles()
    theirs = {name: known.get(name, name) for name in reader.reports}
    return page(
        "manage.html.j2",
        "What you get by mail",
        status,
        titles=reader.titles,
        address=veiled(reader.address),
        when=reader.when,
        form=form,
        offered={**offered, **theirs},
        news=news,
    )


def _left(what: str) -> Response:
    return invitation(
        "You are unsubscribed",
        f"You get no more of {what}.",
        "If this was a mistake, subscribe again.",
    )


def _nobody() -> Response:
    return invitation(
        "No mail goes to this address", "You are not subscribed, or not any more. You can subscribe again."
    )
