"""The colours charts are drawn in: one accent, and greys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme; they are those of page.css."""

    paper: str
    ink: str
    quiet: str
    line: str
    faint: str
    accent: str
    grey: str


LIGHT = Palette("#fdfdfb", "#191a1c", "#5c6066", "#d9dadb", "#ececea", "#1b5e9b", "#a9adb2")
DARK = Palette("#131518", "#e8e8e4", "#a2a7ae", "#34383e", "#22262b", "#86b8ea", "#6d737b")
