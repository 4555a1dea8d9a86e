"""Whether words can be read on their ground, as they are and after a mail program darkened them."""

import re
from collections.abc import Callable
from math import cbrt

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each, in sRGB."""

BLACK, WHITE, LINK = (0, 0, 0), (255, 255, 255), (0, 0, 238)
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of any size."""

_DARKEST = 21.247  # the lightness of #333333, the darkest ground Outlook on the web makes
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_NAMED = {"black": BLACK, "white": WHITE}
_D65 = (0.95047, 1.0, 1.08883)
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.072175),
    (0.0193339, 0.119192, 0.9503041),
)
_TO_RGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.969266, 1.8760108, 0.041556),
    (0.0556434, -0.2040259, 1.0572252),
)


def colour_of(text: str) -> Colour | None:
    """Return the colour CSS writes as #rgb, #rrggbb or rgb(r, g, b), black or white; None for all else."""
    text = text.strip().lower()
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) == 7 else "".join(sign * 2 for sign in text[1:])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.fullmatch(text):
        return min(255, int(found[1])), min(255, int(found[2])), min(255, int(found[3]))
    return _NAMED.get(text)


def hex_of(colour: Colour) -> str:
    """Return the colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines "contrast ratio"."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 to 1, as WCAG 2.2 defines it: sRGB made linear, and weighed."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def as_negative(colour: Colour) -> Colour:
    """Return the colour with each channel turned, as a telephone's "invert colours" shows it."""
    red, green, blue = colour
    return 255 - red, 255 - green, 255 - blue


def with_lightness_turned(colour: Colour) -> Colour:
    """Return the colour of the same hue whose CIELAB lightness L is turned: white becomes #333333.

    L' = (100 - L) (100 - D) / 100 + D with D = 21.247, as Microsoft's editor for mail computes dark colours
    (`getDarkColor` in github.com/microsoft/roosterjs). What is out of sRGB is cut to it.
    """
    lightness, a, b = _lab(colour)
    return _from_lab((100 - lightness) * (100 - _DARKEST) / 100 + _DARKEST, a, b)


DARKENINGS: dict[str, Callable[[Colour], Colour]] = {
    "as it is": lambda colour: colour,
    "in a dark mode that turns lightness": with_lightness_turned,
    "with colours inverted": as_negative,
}
"""What mail programs do to colours; those that darken light grounds alone leave a pair or turn it."""


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _gamma(channel: float) -> int:
    light = 12.92 * channel if channel <= 0.0031308 else 1.055 * max(channel, 0.0) ** (1 / 2.4) - 0.055
    return round(255 * min(1.0, max(0.0, light)))


def _lab(colour: Colour) -> tuple[float, float, float]:
    """CIE 1976 L*a*b*, white point D65."""
    linear = [_linear(channel / 255) for channel in colour]
    x, y, z = (
        _root(sum(map(float.__mul__, row, linear)) / white) for row, white in zip(_TO_XYZ, _D65, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _from_lab(lightness: float, a: float, b: float) -> Colour:
    y = (lightness + 16) / 116
    xyz = [_cube(part) * white for part, white in zip((y + a / 500, y, y - b / 200), _D65, strict=True)]
    red, green, blue = (_gamma(sum(map(float.__mul__, row, xyz))) for row in _TO_RGB)
    return red, green, blue


def _root(part: float) -> float:
    return cbrt(part) if part > (6 / 29) ** 3 else part * (29 / 6) ** 2 / 3 + 4 / 29


def _cube(part: float) -> float:
    return part**3 if part > 6 / 29 else 3 * (6 / 29) ** 2 * (part - 4 / 29)
