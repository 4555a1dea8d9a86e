"""What the doctor says of one thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; what could not be looked at is neither right nor wrong."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Verdict:
    """One line: how bad, about what, why, and what to do where something is to be done."""

    level: Level
    about: str
    says: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f": {self.advice}" if self.advice else ""
        return f"{self.level:<8} {self.about:<14} {self.says}{advice}"


def ok(about: str, says: str) -> Verdict:
    """Return the verdict that all is well."""
    return Verdict(Level.OK, about, says)


def skipped(about: str, says: str) -> Verdict:
    """Return the verdict that it was not looked at, and why."""
    return Verdict(Level.SKIPPED, about, says)


def warning(about: str, says: str, advice: str) -> Verdict:
    """Return the verdict that mail leaves all the same, and what to do."""
    return Verdict(Level.WARNING, about, says, advice)


def wrong(about: str, says: str, advice: str = "") -> Verdict:
    """Return the verdict that mail does not leave, or failures stay unheard, and what to do.

    Without advice where `says` has it: our errors say what to do.
    """
    return Verdict(Level.WRONG, about, says, advice)


def serious(mail_leaves: bool, about: str, says: str, advice: str) -> Verdict:
    """Return what is wrong where mail leaves this machine, and a warning on a laptop where none does."""
    return (wrong if mail_leaves else warning)(about, says, advice)


def is_healthy(verdicts: Iterable[Verdict]) -> bool:
    """Whether nothing is wrong."""
    return all(verdict.level is not Level.WRONG for verdict in verdicts)
