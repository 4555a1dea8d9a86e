"""Departments' topics for a laptop: who subscribed stands in a text file, and each message becomes one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from report.adapters.folder_topic import FolderTopic
from report.errors import TopicMissing, TopicUnavailable
from report.topics import Subscription, Topic

_ENDING = ".subscribers"


class FolderTopicFamily:
    """Keeps <name>.subscribers, a line for each, beside the messages; nobody has to confirm anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, name: str) -> str:
        """Return the path of the topic's subscribers."""
        return str(self._path(name))

    def names(self) -> Sequence[str]:
        """Return the names of the topics there are."""
        return sorted(path.name.removesuffix(_ENDING) for path in self._folder.glob(f"*{_ENDING}"))

    def make(self, name: str) -> None:
        """Make a topic of this name that nobody subscribed to."""
        with self._changing(name) as path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def subscriptions(self, name: str) -> Sequence[Subscription]:
        """Return who subscribed; raise `TopicMissing` where there is no topic."""
        path = self._path(name)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as error:
            raise TopicMissing(
                f"there is no {path}: `python -m report departments setup` makes it"
            ) from error
        except (OSError, ValueError) as error:
            raise TopicUnavailable(f"cannot read {path}: {error}") from error
        said = [line.partition(" ") for line in lines if line.strip()]
        return [Subscription(protocol, endpoint, str(path)) for protocol, _, endpoint in sorted(said)]

    def subscribe(self, name: str, protocol: str, endpoint: str) -> Subscription:
        """Subscribe an address or number, once; it is told from now on."""
        subscribed = Subscription(protocol, endpoint, self.place(name))
        if subscribed not in self.subscriptions(name):
            with self._changing(name) as path, path.open("a", encoding="utf-8") as file:
                file.write(f"{protocol} {endpoint}\n")
        return subscribed

    def topic(self, name: str) -> Topic:
        """Return what writes messages, each with whom it would have reached."""
        try:
            subscribed = self.subscriptions(name)
        except TopicMissing:
            subscribed = ()
        return FolderTopic(self._folder, name, [f"{one.protocol} {one.endpoint}" for one in subscribed])

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_ENDING}"

    @contextmanager
    def _changing(self, name: str) -> Iterator[Path]:
        try:
            yield self._path(name)
        except OSError as error:
            raise TopicUnavailable(f"cannot write {self._path(name)}: {error}") from error
