"""What a door works with: the settings, and the parts made from them."""

from collections.abc import Callable
from dataclasses import dataclass

from report.engine import Engine
from report.mail import Sender
from report.settings import Settings
from report.storage import Storage


@dataclass(frozen=True)
class Services:
    """Made by `report.composition`, or by a test.

    `engine` and `sender` make one when called: only a build needs the one, only the mailer the other.
    """

    settings: Settings
    storage: Storage
    engine: Callable[[], Engine]
    sender: Callable[[], Sender]
