"""What is said to requests that never reach a page: too slow, too long, or no HTTP at all."""

from http import HTTPStatus

from gunicorn import SERVER, util
from gunicorn.http import errors

from app.answers import SAFETY

_STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
}


def refused_as(error: Exception) -> HTTPStatus | None:
    """Return the status for a request that gunicorn's parser refused; None for a fault of ours."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.BAD_REQUEST if isinstance(error, errors.ParseException) else None


def refusal(status: HTTPStatus, request_id: str) -> bytes:
    """Return the whole answer, after which the line is ended. It repeats nothing of what was sent."""
    body = f"{status.phrase}. Nothing was done; ask again. This is answer {request_id}.\n".encode()
    said = {
        "Server": SERVER,
        "Date": util.http_date(),
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Request-ID": request_id,
        **SAFETY,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("latin-1") + body
