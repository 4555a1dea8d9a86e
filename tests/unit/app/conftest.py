"""A server with editions in memory."""

from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.builds import Build
from report.services import Services
from report.settings import Settings
from tests.some_editions import SECRET, FragileStorage


@pytest.fixture
def storage() -> FragileStorage:
    return FragileStorage()


@pytest.fixture
def builds() -> list[Build]:
    """Return the builds the server asked for."""
    return []


@pytest.fixture
def app(storage: FragileStorage, builds: list[Build]) -> Flask:
    """Return the web pages over this storage; builds are only noted down."""
    return _pages(storage, builds)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def restarted(storage: FragileStorage, builds: list[Build]) -> FlaskClient:
    """Return a client of a second server over the same storage, which remembers nothing of the first."""
    return _pages(storage, builds).test_client()


def _pages(storage: FragileStorage, builds: list[Build]) -> Flask:
    def never() -> NoReturn:
        raise AssertionError("the web needs no engine, no history and no sender")

    services = Services(Settings(secret_key=SECRET), storage, engine=never, history=never, sender=never)
    return create_app(services=services, start_build=builds.append)
