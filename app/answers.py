"""Turns stored bytes into answers: coding, validators, how long to keep, how safely to show."""

from flask import Response, request
from werkzeug.datastructures import Headers

from app.blobs import Blob

FOR_EVER = "public, max-age=31536000, immutable"
FRESH = "public, max-age=60, stale-while-revalidate=600"
REVALIDATED = "public, max-age=300"
NEVER_KEPT = "no-store"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""BokehJS needs inline styles and data: images; nothing needs inline scripts."""

ALONE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""For documents that are not our pages: a mail's HTML, a shared file."""

SAFETY = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""For every answer, where it has not set its own."""

_TLS_FOR_A_YEAR = "max-age=31536000"


def answer(blob: Blob, cache_control: str, download_as: str = "") -> Response:
    """Return the file in the coding the client likes best, or 304 where it has it already."""
    coding = _coding(blob)
    headers = Headers({"Cache-Control": cache_control})
    if blob.variants:
        headers["Vary"] = "Accept-Encoding"
    if coding:
        headers["Content-Encoding"] = coding
    if download_as:
        headers.set("Content-Disposition", "attachment", filename=download_as)
    body = blob.variants.get(coding, blob.body)
    response = Response(body, headers=headers, content_type=blob.content_type)
    response.set_etag(f"{blob.sha256[:32]}{'-' * bool(coding)}{coding}")
    response.make_conditional(request)
    return response


def make_safe(response: Response) -> Response:
    """Add the headers that keep a page to itself, where the answer has not set its own."""
    for name, value in SAFETY.items():
        response.headers.setdefault(name, value)
    if request.is_secure:  # as a web server in front says that we trust; without TLS nobody may say so
        response.headers["Strict-Transport-Security"] = _TLS_FOR_A_YEAR
    return response


def _coding(blob: Blob) -> str:
    """Return "br", "gzip" or "", by the client's weights; ours breaks a tie."""
    liked = request.accept_encodings
    best, weight = "", 0.0
    for coding in blob.variants:
        if liked.quality(coding) > weight:
            best, weight = coding, liked.quality(coding)
    return best
