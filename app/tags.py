"""The addresses of hashtags: one page each, whatever way it is written, and the way to find it."""

from flask import Blueprint, Response, request

from app.answers import FRESH, NEVER_KEPT, REVALIDATED, answer
from app.histories import Histories
from app.pages import problem_page
from report.errors import NotFound
from report.hashtag_histories import page_of
from report.tweets.hashtags import fold, is_sound
from report.words import isolated, shown_tag

_SIGNS = "#＃"
_DATA = ".json"


def tag_pages(histories: Histories) -> Blueprint:
    """Return the pages of hashtags."""
    pages = Blueprint("tags", __name__)

    @pages.get("/tags/")
    def front() -> Response:
        return answer(histories.front(), FRESH)

    @pages.get("/tags/<path:written>")
    def of_tag(written: str) -> Response:
        return _show(histories, written)

    @pages.get("/find")
    def find() -> Response:
        tag = _bare(request.args.get("tag", ""))
        return _lead_on(page_of(tag) if tag and is_sound(tag) else "/tags/", 303, NEVER_KEPT)

    return pages


def _show(histories: Histories, written: str) -> Response:
    """Send the page, or the way to where it is: one address for all spellings, so that it is kept once."""
    tag, ending = _bare(written.removesuffix(_DATA)), _DATA if written.endswith(_DATA) else ""
    if not is_sound(tag):
        return _unknown("", "A hashtag has no spaces and at most 280 signs.")
    key = fold(tag)
    try:
        blob = histories.data(key) if ending else histories.page(key)
    except NotFound:
        return _unknown(
            f" {isolated(shown_tag(tag))}",
            "It was never much used, or not for a year. What is new today has its page tomorrow.",
        )
    if written != f"{key}{ending}":
        return _lead_on(f"{page_of(tag)}{ending}", 308, REVALIDATED)
    return answer(blob, FRESH)


def _bare(written: str) -> str:
    return written.strip().lstrip(_SIGNS)


def _lead_on(path: str, status: int, cache_control: str) -> Response:
    return Response(status=status, headers={"Location": path, "Cache-Control": cache_control})


def _unknown(name: str, reason: str) -> Response:
    return problem_page(404, f"There is no history of{name or ' this'}", reason)
