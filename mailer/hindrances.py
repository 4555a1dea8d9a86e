"""What may come to stand in a mail's way after its run began, looked at again right before each claim.

Readers are read once a run, and a run may last for hours.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from mailer.groups import Group
from mailer.planning import Fate
from report.storage import Storage
from report.subscribers import has_left
from report.suppressions import is_suppressed


def hindrance_to(
    storage: Storage, group: Group, lateness: timedelta, clock: Callable[[], datetime]
) -> Callable[[str], Fate | None]:
    """Return what says with which fate a reader of the group goes without after all, None to send it.

    A mail whose turn comes more than `lateness` after it was due is too late, whenever its run began: the
    next run tells so. Who asked for no more mail, or was removed, gets none. What is returned raises
    `StorageError`; it costs a GET, and another for who has a record.
    """
    turns = {turn.address: turn for turn in group.turns}

    def hindrance(reader: str) -> Fate | None:
        turn = turns[reader]
        if clock() - turn.due_at > lateness:
            return Fate.TOO_LATE
        if is_suppressed(storage, reader, group.report):
            return Fate.UNWANTED
        return Fate.UNWANTED if turn.has_record and has_left(storage, reader, group.report) else None

    return hindrance
