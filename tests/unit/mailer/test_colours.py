"""Rules for what can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.colours import (
    BLACK,
    WHITE,
    Colour,
    as_negative,
    colour_of,
    contrast,
    luminance,
    with_lightness_turned,
)

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#1b5e9b", (27, 94, 155)),
        ("#FFF", WHITE),
        ("rgb(1, 2,3)", (1, 2, 3)),
        ("rgb(999,0,0)", (255, 0, 0)),
        ("black", BLACK),
        ("teal", None),
        ("#12345", None),
        ("var(--ink)", None),
    ],
)
def test_a_colour_is_read_as_css_writes_it(text: str, colour: Colour | None) -> None:
    """In the forms a mail has; what is not known is not guessed."""
    assert colour_of(text) == colour


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((119, 119, 119), (255, 255, 255), 4.48),
        ((9, 9, 9), (9, 9, 9), 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: Colour, other: Colour, expected: float) -> None:
    """#777 on white is the known case just below 4.5."""
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_white_becomes_outlooks_dark_ground() -> None:
    """#333333, and black becomes white."""
    assert with_lightness_turned(WHITE) == (51, 51, 51)
    assert with_lightness_turned(BLACK) == WHITE


@given(colour=COLOURS)
def test_inverting_twice_changes_nothing(colour: Colour) -> None:
    """A negative of a negative."""
    assert as_negative(as_negative(colour)) == colour


@given(grey=st.integers(0, 254))
def test_what_was_lighter_becomes_darker(grey: int) -> None:
    """Turning lightness turns the order of greys."""
    here, next_one = (with_lightness_turned((level,) * 3) for level in (grey, grey + 1))

    assert luminance(here) >= luminance(next_one)
