"""Asks for the password of the pages, where one is set, and lets a signed link open the one edition it names.

HTTP Basic, with any name: browsers ask for it themselves, programs know it, and no session is to be kept.
What mail links to stays open to who holds the link, and machines may ask how the server is.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from flask import Flask, Response, request
from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.answers import NEVER_KEPT
from app.visitors import Visitors
from report.errors import LinkRefused
from report.links import LinkSigner

_OPEN = frozenset(("health", "freshness", "metrics", "statics", "shared", "leaving", "managing"))
"""The parts of the server that need no password, or see to it by themselves."""
_OPEN_PAGES = frozenset(("subscribing.question", "subscribing.confirmed"))
_EDITION = re.compile(r"(?:/reports/[a-z0-9-]+)?/editions/[0-9TWZ-]+/r[1-9][0-9]*/")
_COOKIE = "shared"
_ASK = WWWAuthenticate("basic", {"realm": "Twitter Trends", "charset": "UTF-8"})


@dataclass(frozen=True)
class Guard:
    """Knows who may read; without a password everybody."""

    password: str
    signer: LinkSigner | None
    visitors: Visitors

    def check_password(self) -> None:
        """Let this request pass, or raise `Unauthorized`; `TooManyGuesses` for who guesses on and on."""
        said = _said()
        if said is None or said.type != "basic":
            raise Unauthorized(www_authenticate=_ASK)
        self.visitors.refuse_guessers()
        if not hmac.compare_digest(_digest(said.password or ""), _digest(self.password)):
            self.visitors.count_guess()
            raise Unauthorized(www_authenticate=_ASK)

    def opens(self, path: str, expires: str, signature: str) -> bool:
        """Return whether a link opens this path now, a made-up or old one raising `LinkRefused`."""
        if self.signer is None:
            return False
        self.signer.check(path, expires, signature, datetime.now(UTC))
        return True


def guard_pages(app: Flask, guard: Guard) -> None:
    """Show the pages to who knows the password, and keep them out of every cache but the reader's own."""
    if not guard.password:
        return

    @app.before_request
    def ask() -> None:
        if _is_open() or (_said() is None and _is_shared(guard)):
            return
        guard.check_password()

    @app.after_request
    def keep_apart(response: Response) -> Response:
        if not _is_open():
            kept = response.headers.get("Cache-Control", NEVER_KEPT)
            response.headers["Cache-Control"] = kept.replace("public", "private")
        if expires := request.environ.get(_COOKIE):
            _remember(response, expires)
        return response


def _said() -> Authorization | None:
    """Return what is said of who asks; None for what werkzeug breaks on, such as Basic in no ASCII."""
    try:
        return request.authorization
    except ValueError:
        return None


def _is_open() -> bool:
    return request.blueprint in _OPEN or request.endpoint in _OPEN_PAGES


def _is_shared(guard: Guard) -> bool:
    """Whether a link opens this edition: its own signature, or that of the page this file belongs to."""
    folder = _EDITION.match(request.path)
    if folder is None:
        return False
    if "signature" in request.args:
        expires = request.args.get("expires", "")
        is_opened = guard.opens(folder[0], expires, request.args["signature"])
        request.environ[_COOKIE] = f"{expires}.{request.args['signature']}" if is_opened else ""
        return is_opened
    expires, _, signature = request.cookies.get(_COOKIE, "").partition(".")
    try:
        return guard.opens(folder[0], expires, signature)
    except LinkRefused:
        return False


def _remember(response: Response, said: str) -> None:
    """Let the browser fetch the edition's pictures and files, which the page names without a signature."""
    folder = _EDITION.match(request.path)
    assert folder, "only an edition is opened by a link"
    until = datetime.fromtimestamp(int(said.partition(".")[0]), UTC)
    is_secure = request.is_secure
    response.set_cookie(
        _COOKIE, said, expires=until, path=folder[0], secure=is_secure, httponly=True, samesite="Lax"
    )
    response.headers["Cache-Control"] = NEVER_KEPT
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"


def _digest(text: str) -> bytes:
    """Return as many bytes whatever the length, so that comparing tells nothing of that either."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
