"""Today's report so far: replaced as the day goes on, unlike an edition.

drafts/<report>/<YYYYMMDDTHHMMZ>/<file>     the report as it was at that minute, with a manifest
drafts/<report>/latest.json                 {"folder": …} of the newest
"""

import json
from collections.abc import Mapping

from report.editions import JSON, MANIFEST, Edition, File, load, manifest_of
from report.errors import NotFound
from report.storage import Storage

_DRAFTS_KEPT = 3


def save_draft(storage: Storage, draft: Edition, files: Mapping[str, File]) -> None:
    """Write the open day's report so far, point to it, and remove the drafts nobody reads any more."""
    for name in sorted(files):
        storage.put(draft.folder + name, files[name].body, files[name].content_type)
    storage.put(draft.folder + MANIFEST, manifest_of(draft), JSON)
    root = f"drafts/{draft.report}/"
    if not _newest_draft(storage, draft.report) > draft.folder:  # a host whose clock is ahead was here
        storage.put(f"{root}latest.json", json.dumps({"folder": draft.folder}).encode(), JSON)
    for old in storage.list_folders(root)[:-_DRAFTS_KEPT]:
        if f"{root}{old}/" == draft.folder:
            continue
        for info in list(storage.list(f"{root}{old}/")):
            storage.delete(info.key)


def latest_draft(storage: Storage, report: str) -> Edition:
    """Return the newest report of the open day; raise `NotFound` where there is none yet."""
    folder = _newest_draft(storage, report)
    if not folder:
        raise NotFound(f"there is no {report} report of the open day yet")
    return load(storage, folder)


def _newest_draft(storage: Storage, report: str) -> str:
    """The folder the pointer names; empty where there is no pointer, or one that cannot be read."""
    try:
        return str(json.loads(storage.get(f"drafts/{report}/latest.json"))["folder"])
    except (NotFound, ValueError, LookupError, TypeError):
        return ""
