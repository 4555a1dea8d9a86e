"""What a door works with: the settings, and the parts made from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from report.engine import Engine
from report.mail import Sender
from report.settings import Settings
from report.storage import Storage
from report.topics import Topic

if TYPE_CHECKING:  # collecting needs none of what it imports
    from report.history import History


def not_given() -> NoReturn:
    """Stand for a part that nobody is to ask for."""
    raise AssertionError("these services were made without the part that is asked for")


@dataclass(frozen=True)
class Services:
    """Made by `report.composition`, or by a test.

    `engine`, `history`, `sender` and the others below make one when called: only a build needs the first two,
    only the mailer the third. `topic` is told of failures where ALERT_TOPIC is set; `here` keeps what this
    host must know while `storage` fails.
    """

    settings: Settings
    storage: Storage
    engine: Callable[[], Engine]
    history: Callable[[], "History"]
    sender: Callable[[], Sender]
    topic: Callable[[], Topic] = not_given
    here: Callable[[], Storage] = not_given
