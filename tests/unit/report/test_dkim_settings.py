"""Rules for the settings that sign mail."""

import pytest

from report.errors import SettingsError
from report.settings import Settings

KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        pytest.param({"DKIM_KEY": KEY}, "DKIM_SELECTOR is not set", id="a key without its name"),
        pytest.param({"DKIM_SELECTOR": "trends"}, "DKIM_KEY or DKIM_KEY_FILE is not set", id="a name alone"),
    ],
)
def test_a_key_and_its_name_go_together(environ: dict[str, str], missing: str) -> None:
    """One without the other signs nothing, and is said before mail leaves unsigned; the key is not shown."""
    with pytest.raises(SettingsError, match=missing) as told:
        Settings.from_environ(environ)

    assert "c2VjcmV0" not in str(told.value)


def test_both_sign() -> None:
    """Key and selector are taken as they stand."""
    settings = Settings.from_environ({"DKIM_KEY": KEY, "DKIM_SELECTOR": "trends"})

    assert (settings.dkim_key, settings.dkim_selector) == (KEY, "trends")
