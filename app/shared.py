"""Files opened by a signed link, where storage is a folder that cannot be reached by itself."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, request, send_file

from app.answers import ALONE_POLICY
from report.errors import NotFound
from report.links import LinkSigner
from report.storage import Storage

_SHOWN = ("image/png", "image/jpeg", "image/gif", "text/plain", "text/csv", "application/json")


def shared_files(storage: Storage, signer: LinkSigner | None) -> Blueprint:
    """Return the address of signed links; without a signer none opens."""
    files = Blueprint("shared", __name__)

    @files.get("/files/<path:key>")
    def shared(key: str) -> Response:
        if signer is None:
            raise NotFound("no link opens: SECRET_KEY is not set")
        expires, signature = request.args.get("expires", ""), request.args.get("signature", "")
        signer.check(key, expires, signature, datetime.now(UTC))
        return _send(storage, key)

    return files


def _send(storage: Storage, key: str) -> Response:
    """Send the object from disk: it may be larger than memory."""
    content_type = storage.content_type(key)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        storage.download(key, path)
        body = path.open("rb")  # stays readable when the folder is gone
    is_shown = content_type.partition(";")[0] in _SHOWN
    response = send_file(
        body, content_type, as_attachment=not is_shown, download_name=key.rpartition("/")[2], etag=False
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = ALONE_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
