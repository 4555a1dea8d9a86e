"""Says whether this server can show a report, for load balancers and people on call."""

from flask import Blueprint, Response, jsonify

from app.answers import NEVER_KEPT
from app.library import Library
from report.errors import NotFound, StorageError


def health_page(library: Library) -> Blueprint:
    """Return `/healthz`: 503 only where nothing at all can be shown, since restarting cures no storage."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def health() -> Response:
        findings = _findings(library)
        response = jsonify(findings)
        response.status_code = 503 if findings["status"] == "failing" else 200
        response.headers["Cache-Control"] = NEVER_KEPT
        return response

    return pages


def _findings(library: Library) -> dict[str, str | None]:
    try:
        edition = library.newest()
    except NotFound:
        return {"status": "ok", "storage": "ok", "newest": None}
    except StorageError:
        return {"status": "failing", "storage": "failing", "newest": None}
    newest = f"{edition.day} r{edition.revision}"
    if library.is_behind:
        return {"status": "degraded", "storage": "failing", "newest": newest}
    return {"status": "ok", "storage": "ok", "newest": newest}
