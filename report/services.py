"""What a door works with: the settings, and the parts made from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from report.engine import Engine
from report.mail import Sender
from report.settings import Settings
from report.signs import Metrics, Ping
from report.storage import Storage
from report.topics import Topic

if TYPE_CHECKING:  # collecting needs none of what it imports
    from report.history import History
    from report.publishing.statics import Statics


def not_given(*_: object) -> NoReturn:
    """Stand for a part that nobody is to ask for."""
    raise AssertionError("these services were made without the part that is asked for")


@dataclass(frozen=True)
class Services:
    """Made by `report.composition`, or by a test.

    Each part but the storage is made when called: only a build needs `engine` and `history`, only who mails
    `sender`. `topic` is told of failures where ALERT_TOPIC is set, `metrics` and `ping` take signs of life
    where METRICS_NAMESPACE and PING_URL are; `here` keeps what this host must know while `storage` fails.
    `source` is where the report of a name finds what it is made from, `results` where it lays its results.
    `statics` is what pages load; `departments` gives the topic of a department, or None where none is told.
    """

    settings: Settings
    storage: Storage
    engine: Callable[[], Engine]
    history: Callable[[], "History"]
    sender: Callable[[], Sender]
    topic: Callable[[], Topic] = not_given
    here: Callable[[], Storage] = not_given
    metrics: Callable[[], Metrics] = not_given
    ping: Callable[[], Ping] = not_given
    source: Callable[[str], Storage] = not_given
    results: Callable[[str], Storage] = not_given
    statics: Callable[[], "Statics"] = not_given
    departments: Callable[[], Callable[[str], Topic] | None] = not_given
