"""What every test may ask for."""

import functools
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TESTS = Path(__file__).parent
_ORDER = {"e2e": 1, "integration": 2, "contract": 3, "unit": 4}
_REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """Let the servers that tests start hear Ctrl-C, even where a shell started pytest in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes is this machine's affair: a busy one fails no test.
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On many cores begin with what takes longest, so that none of them is left alone with it in the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _ORDER.get(item.path.relative_to(_TESTS).parts[0], 0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a core a file at a time, and all that needs a browser to one: its demo takes long to make."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class _Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "tests/e2e" if file.startswith("tests/e2e/") else file

    config.option.loadscopereorder = False
    return _Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _botocores_files_are_read_once() -> Iterator[None]:
    """Share what botocore reads of its own files, 3 MB of JSON, between the clients of all tests."""
    with pytest.MonkeyPatch.context() as patch:
        if "botocore.session" in sys.modules:
            from botocore import session

            patch.setattr(session, "create_loader", functools.cache(session.create_loader))
        yield


@pytest.fixture
def real_data() -> Path:
    """Return the folder of genuine payloads, which never enter this repository."""
    if not _REAL_DATA.is_dir():
        pytest.skip(f"the genuine payloads are not at {_REAL_DATA}")
    return _REAL_DATA


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Serve S3 over HTTP on loopback for the whole session, and give its URL."""
    from tests.s3_server import running_s3

    with running_s3() as url:
        yield url


@pytest.fixture(scope="session")
def s3(s3_endpoint: str) -> "S3Client":
    """Return a client of that S3, made as the project makes its own."""
    from tests.s3_server import client_of

    return client_of(s3_endpoint)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    """Return the name of a fresh bucket."""
    name = f"trends-{secrets.token_hex(8)}"
    s3.create_bucket(Bucket=name)
    return name
