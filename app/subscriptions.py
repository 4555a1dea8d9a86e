"""What the pages for readers share: where readers are kept, whose links open, what is said of others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response

from app.asking import StartAsking
from app.letterbox import invitation
from app.pages import problem_page
from app.visitors import Visitors
from report.errors import LinkExpired, LinkRefused
from report.settings import Settings
from report.storage import Storage
from report.tokens import Tokens


@dataclass(frozen=True)
class Subscriptions:
    """What the pages for readers work with; `tokens` is None where no secret is set to sign links with.

    `offered` returns the titles of the reports that can be chosen, by name.
    """

    storage: Storage
    settings: Settings
    tokens: Tokens | None
    visitors: Visitors
    start_asking: StartAsking
    offered: Callable[[], Mapping[str, str]]

    @property
    def signed(self) -> Tokens:
        """The tokens, for pages that `open_with_secret` lets nobody reach without them."""
        assert self.tokens, "no page is reached without a secret"
        return self.tokens


def open_with_secret(pages: Blueprint, subscriptions: Subscriptions) -> None:
    """Let these pages say what is missing where no secret is set, and what is wrong with a link."""

    @pages.before_request
    def refuse() -> Response | None:
        if subscriptions.tokens:
            return None
        return problem_page(
            503,
            "Nobody can subscribe here yet",
            "Whoever runs this server has to set SECRET_KEY first, by which links are signed: see README.md.",
        )

    @pages.errorhandler(LinkExpired)
    def expired(error: LinkExpired) -> Response:
        return invitation(
            "This link has run out", "It was good for 48 hours. Please subscribe again.", status=410
        )

    @pages.errorhandler(LinkRefused)
    def refused(error: LinkRefused) -> Response:
        return invitation(
            "This link does not open here",
            "It may have been cut or changed on its way: open it anew from the newest mail you have from us.",
            status=403,
        )
