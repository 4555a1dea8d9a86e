"""Rules for hostile requests past gunicorn's parser; HOSTILE_EXAMPLES says how many are tried."""

import logging
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NoReturn
from wsgiref.validate import validator

import pytest
from flask import Flask
from hypothesis import given

from app import create_app
from app.answers import SAFETY
from report.services import Services
from report.settings import Settings
from report.subscribing import enrol
from tests.hostile_requests import ANN, EVIL_HOST, NOW, OFTEN, SHARED, HostileRequest, hostile_requests
from tests.some_editions import SECRET, FragileStorage, publish, save_draft

PASSWORDS = pytest.mark.parametrize("password", ["", "a marked password"], ids=["open", "guarded"])
_HEADER = re.compile(r"[A-Za-z0-9-]+: [\x20-\x7e]*")
_OWN_ADDRESS = re.compile(r"/(?![/\\])")


@dataclass(frozen=True)
class Answered:
    """What an application answered."""

    status: int
    lines: list[str]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name."""
        return dict(line.split(": ", 1) for line in self.lines)


class Grave(logging.Handler):
    """Keeps what was logged as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.said.append(record.getMessage())


@cache
def pages(password: str) -> Flask:
    """Return the web pages over some editions in memory; whoever asks for more finds nobody."""

    def never() -> NoReturn:
        raise AssertionError("the web needs no engine, no history and no sender")

    storage = FragileStorage()
    publish(storage)
    save_draft(storage, "20261120T1305Z")
    storage.put(SHARED, b"shared", "text/plain")
    enrol(storage, ANN, NOW)
    wished = Settings(secret_key=SECRET, page_password=password, trusted_proxies=1)
    services = Services(wished, storage, engine=never, history=never, sender=never)
    return create_app(services=services, start_build=lambda _: None, start_asking=lambda: None)


def ask(application: Callable[..., Any], request: HostileRequest) -> Answered:
    """Ask, and hold both sides to WSGI's rules."""
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
        said.append((status, headers))

    parts = validator(application)(request.environ(), start)
    with closing(parts):  # type: ignore[type-var]  # the validator wants it, so its answers can be closed
        body = b"".join(parts)
    status, headers = said[-1]
    return Answered(int(status[:3]), [f"{name}: {value}" for name, value in headers], body)


@PASSWORDS
@OFTEN
@given(request=hostile_requests())
def test_every_request_is_answered_in_good_order(password: str, request: HostileRequest) -> None:
    """No fault of ours, no header of theirs, no secret and no foreign host; busy says when to come back."""
    grave = Grave()
    logging.getLogger().addHandler(grave)
    try:
        answered = ask(pages(password).wsgi_app, request)
    finally:
        logging.getLogger().removeHandler(grave)

    headers = answered.headers
    is_busy = answered.status == 503 and ("Retry-After" in headers or "freshness" in request.path)
    assert answered.status < 500 or is_busy
    assert grave.said == []
    assert [line for line in answered.lines if not _HEADER.fullmatch(line)] == []
    assert headers.keys() >= SAFETY.keys()
    assert _OWN_ADDRESS.match(headers.get("Location", "/"))
    told = "\n".join(answered.lines).encode() + answered.body
    assert not [secret for secret in (SECRET, "marked password") if secret.encode() in told]
    sent = f"{request.path}{request.query}".encode("latin-1") + request.body
    assert EVIL_HOST.encode() in sent or EVIL_HOST.encode() not in told


@OFTEN
@given(first=hostile_requests(), then=hostile_requests())
def test_nobody_changes_what_others_are_told(first: HostileRequest, then: HostileRequest) -> None:
    """Whatever was asked of an address before, its answer is the one a server has that repeats nothing."""
    then = replace(then, path=first.path)
    used = pages("")
    ask(used.wsgi_app, first)

    repeated, fresh = ask(used.wsgi_app, then), ask(used.extensions["repeating"]._application, then)

    assert repeated.status == fresh.status
    is_for_all = fresh.headers.get("Cache-Control", "").startswith("public")
    assert repeated.body == fresh.body or not is_for_all
