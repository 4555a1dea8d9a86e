"""A topic for a laptop: each message becomes a text file."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from report.errors import TopicUnavailable


class FolderTopic:
    """Writes <name>-<hash of the message>.txt into a folder: a message told again replaces itself.

    `to` is whom it would have reached.
    """

    def __init__(self, folder: Path, name: str, to: Sequence[str] = ()) -> None:
        self._folder = folder
        self._name = name
        self._to = to

    def publish(self, subject: str, text: str) -> None:
        """Write it; raise `TopicUnavailable` where the folder refuses."""
        message = f"Subject: {subject}\n\n{text}"
        path = self._folder / f"{self._name}-{sha256(message.encode()).hexdigest()[:8]}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"To: {one}\n" for one in self._to) + message, encoding="utf-8")
        except OSError as error:
            raise TopicUnavailable(f"cannot write {path}: {error}") from error
