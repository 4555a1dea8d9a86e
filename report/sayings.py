"""What an edition says, apart from its links and its look: its figures and its words."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from report import editions
from report.editions import Edition, File
from report.errors import NotFound
from report.storage import Storage
from report.web_paths import period_path

_DATA, _TEXT = "data.json", "mail.txt"


def says_the_same(storage: Storage, standing: Edition, files: Mapping[str, File]) -> bool:
    """Whether files rendered anew have a standing edition's figures and words; raise `StorageError`.

    The figures are data.json and the tables, the words those of the mail's text, which has them all, but for
    the address it begins its link with: that is the setting of whoever renders, and no news.
    """
    if _figures(standing.files) != _figures(editions.describe(files)) or _TEXT not in standing.files:
        return False
    stands = storage.get(standing.folder + _TEXT)
    return _words(standing, stands) == _words(standing, files[_TEXT].body)


def data_of(storage: Storage, edition: Edition) -> Mapping[str, Any]:
    """Return what an edition's data.json holds, nothing where it has none; raise `StorageError`."""
    with suppress(NotFound, ValueError):
        data = json.loads(storage.get(edition.folder + _DATA))
        return data if isinstance(data, dict) else {}
    return {}


def corrected_by(storage: Storage, edition: Edition) -> Edition | None:
    """Return the edition that this one says it corrects, None where there is none; raise `StorageError`."""
    with suppress(NotFound, LookupError, TypeError, ValueError):
        revision = int(data_of(storage, edition)["corrects"]["revision"])
        return editions.load(storage, editions.edition_folder(edition.report, edition.period, revision))
    return None


def _figures(files: Mapping[str, editions.FileInfo]) -> dict[str, str]:
    return {name: info.sha256 for name, info in files.items() if name == _DATA or name.endswith(".csv")}


def _words(edition: Edition, text: bytes) -> list[str]:
    """The text's words without its own address; by the word, since spaces align what stands after a link."""
    path = period_path(edition.report, edition.period)
    return re.sub(rf"\S+{re.escape(path)}(?=\s)", "", text.decode()).split()
