"""Rules for addresses that are keys."""

import pytest

from app.private import Pages, shown_path


@pytest.mark.parametrize("page", ["subscribe", "manage", "unsubscribe"])
def test_a_log_shows_no_token(page: str) -> None:
    """Only that somebody opened such a link; what follows a line break is hidden too."""
    assert shown_path(f"/{page}/ImFi.c2ln") == f"/{page}/(hidden)"
    assert shown_path(f"/{page}/a/b\nc") == f"/{page}/(hidden)"
    assert shown_path(f"//{page}/ImFi.c2ln") == f"//{page}/(hidden)"


@pytest.mark.parametrize("path", ["/", "/subscribe", "/editions/2026-11-20/", "/tags/manage/"])
def test_other_paths_are_shown(path: str) -> None:
    """A log is there to be read."""
    assert shown_path(path) == path


def test_a_trace_shows_no_token(caplog: pytest.LogCaptureFixture) -> None:
    """A page that breaks is logged with its trace, and without what would let a reader of it act."""
    pages = Pages("app")

    @pages.get("/manage/<token>")
    def broken(token: str) -> str:
        raise RuntimeError("a bug")

    assert pages.test_client().get("/manage/c2lnbmVk").status_code == 500
    assert "Exception on /manage/(hidden) [GET]" in caplog.text
    assert "RuntimeError: a bug" in caplog.text
    assert "c2lnbmVk" not in caplog.text
