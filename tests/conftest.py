"""What every test may ask for."""

from pathlib import Path

import pytest

_REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def real_data() -> Path:
    """Return the folder of genuine payloads, which never enter this repository."""
    if not _REAL_DATA.is_dir():
        pytest.skip(f"the genuine payloads are not at {_REAL_DATA}")
    return _REAL_DATA
