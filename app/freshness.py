"""Says how old and how complete the newest edition is, for machines that wait for it."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify

from app.answers import NEVER_KEPT
from app.library import Library
from report.errors import NotFound, StorageError
from report.freshness import Freshness, freshness
from report.settings import Settings


def freshness_page(library: Library, settings: Settings) -> Blueprint:
    """Return `/freshness`: 503 where the edition that is due is missing, however well the server is."""
    pages = Blueprint("freshness", __name__)

    @pages.get("/freshness")
    def fresh() -> Response:
        found = freshness_of(library, settings)
        response = jsonify(_told(found) if found else {"status": "unknown"})
        response.status_code = 200 if found and not found.is_stale else 503
        response.headers["Cache-Control"] = NEVER_KEPT
        return response

    return pages


def freshness_of(library: Library, settings: Settings) -> Freshness | None:
    """Return how fresh the newest edition is now; None where storage fails and none is known."""
    try:
        newest = library.newest()
    except NotFound:
        newest = None
    except StorageError:
        return None
    late_after = timedelta(hours=settings.mail_late_hours)
    return freshness(newest, datetime.now(UTC), settings.timezone, late_after)


def _told(found: Freshness) -> dict[str, object]:
    newest = found.newest
    return {
        "status": "stale" if found.is_stale else "fresh",
        "expected": found.expected.isoformat(),
        "newest": f"{newest.period} r{newest.revision}" if newest else None,
        "age_seconds": round(found.age.total_seconds()) if found.age else None,
        "coverage": newest.coverage if newest else None,
        "is_empty": newest.is_empty if newest else None,
    }
