"""Rules for lines that wait."""

from unittest.mock import patch

from app.waiting import Waiting


def test_whoever_drips_gains_no_time() -> None:
    """The time runs from when a line was first put there, however often that changes what it waits for."""
    waiting: Waiting[str, bytes] = Waiting(10)
    with patch("app.waiting.monotonic", side_effect=[100.0, 105.0, 111.0]):
        waiting.put("slow", b"a")
        waiting.put("later", b"")
        waiting.put("slow", b"ab")
        assert list(waiting.late()) == ["slow"]

    assert waiting.get("slow") == b"ab"
    assert (waiting.pop("slow"), waiting.pop("slow"), waiting.get("slow")) == (True, False, None)


def test_all_may_be_hurried() -> None:
    """Once told to stop, nobody waits longer than said."""
    waiting: Waiting[str, None] = Waiting(10)
    with patch("app.waiting.monotonic", side_effect=[100.0, 103.0]):
        waiting.put("slow", None)
        waiting.hurry(102.0)
        assert list(waiting.late()) == ["slow"]
