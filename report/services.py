"""What a door works with: the settings, and the parts made from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from report.engine import Engine
from report.mail import Sender
from report.settings import Settings
from report.storage import Storage

if TYPE_CHECKING:  # collecting needs none of what it imports
    from report.history import History


@dataclass(frozen=True)
class Services:
    """Made by `report.composition`, or by a test.

    `engine`, `history` and `sender` make one when called: only a build needs the first two, only the mailer
    the last.
    """

    settings: Settings
    storage: Storage
    engine: Callable[[], Engine]
    history: Callable[[], "History"]
    sender: Callable[[], Sender]
