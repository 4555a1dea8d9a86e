"""Rules for what a terminal is given."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from report.terminal import both_sizes, human_size, printable, printable_lines, shown_time


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("raw/日本語/ça 🎈.json", "raw/日本語/ça 🎈.json", id="any script"),
        pytest.param("a\x1b[31mred", r"a\x1b[31mred", id="escape"),
        pytest.param("a\x9b31mred", r"a\x9b31mred", id="C1"),
        pytest.param("gpj.\u202eexe", r"gpj.\u202eexe", id="right to left"),
        pytest.param("a\nb", r"a\nb", id="line end"),
        pytest.param("\udc80", r"\udc80", id="half a pair"),
        pytest.param("a\u200bb", r"a\u200bb", id="no width"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    """What can be seen is shown as it is, anything else as an escape."""
    assert printable(text) == shown


def test_lines_stay_lines() -> None:
    """In a text of several lines, only their ends are kept."""
    assert printable_lines("one\n\x07two") == "one\n\\x07two"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (1_234_567, "1.2 MiB"),
        (5 * 1024**4, "5.0 TiB"),
        (2000 * 1024**4, "2,000.0 TiB"),
    ],
)
def test_a_size_is_human(size: int, shown: str) -> None:
    """The unit is the largest below which the number reads as 1 or more, never as 1,024."""
    assert human_size(size) == shown


def test_a_size_is_exact_too() -> None:
    """Beside the human size stands the exact one."""
    assert both_sizes(1) == "1 B (1 byte)"
    assert both_sizes(1_234_567) == "1.2 MiB (1,234,567 bytes)"


def test_a_time_is_unmistakable() -> None:
    """The hour that comes twice in autumn is told apart by its offset."""
    paris = ZoneInfo("Europe/Paris")

    assert shown_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), paris) == "2026-10-25 02:30:00 +0200"
    assert shown_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), paris) == "2026-10-25 02:30:00 +0100"
