"""Tells whether a request is here as a whole: no thread is to wait for the rest of one."""

import re
from http import HTTPStatus

LONGEST_BODY_BYTES = 16_384
"""More than any form of ours holds."""

_LONGEST_HEAD_BYTES = 32_768
_LONGEST_LENGTH = 18  # digits; gunicorn would take zeros in front without end
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)[ \t]*(?=\r\n)", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)


def verdict(received: bytes) -> HTTPStatus | None:
    """Return None for what gunicorn can answer without waiting, CONTINUE where more has to come first.

    Any other status is a refusal: bodies that do not tell their length before they come (RFC 9112, 6.3), and
    such as are longer than any form of ours, are not waited for. A head that makes no sense is gunicorn's to
    refuse.
    """
    head_bytes = received.find(b"\r\n\r\n") + 4
    if head_bytes < 4:
        too_long = len(received) > _LONGEST_HEAD_BYTES
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_long else HTTPStatus.CONTINUE
    head = received[:head_bytes]
    if _CODED.search(head):
        return HTTPStatus.LENGTH_REQUIRED
    lengths = _LENGTH.findall(head)
    if any(len(said) > _LONGEST_LENGTH or int(said) > LONGEST_BODY_BYTES for said in lengths):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    body_bytes = max(map(int, lengths), default=0)
    return HTTPStatus.CONTINUE if len(received) < head_bytes + body_bytes else None
