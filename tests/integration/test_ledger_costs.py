"""Rules for what the ledger asks of S3: each request costs money, and a mail waits for it."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailer.groups import Group, Turn
from mailer.hindrances import hindrance_to
from mailer.pacing import clock_from
from mailer.sending import Fate, Intent, Occasion, Post, carry_out, plan
from report.adapters.folder_sender import FolderSender
from report.adapters.s3_storage import S3Storage
from report.mail import Letter, message_id
from report.readers import Every, Reader, Rhythm
from report.runs import this_run
from report.storage import Storage
from report.subscribing import enrol
from tests.mail_builders import FIVE, a_letter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OCCASION = Occasion("trends", "2026-11-20")
READERS = [f"reader{number}@example.com" for number in range(20)]
UTC_ZONE = ZoneInfo("UTC")
GROUP = Group("trends", "2026-11-20", tuple(Turn(reader, FIVE, UTC_ZONE, True) for reader in READERS))


@contextmanager
def counted(s3: "S3Client") -> Iterator[Counter[str]]:
    """Count the requests of a client while the block runs, by operation; reads of many are not among them."""
    requests: Counter[str] = Counter()

    def note(request: Any, event_name: str, **others: Any) -> None:
        requests[event_name.rpartition(".")[2]] += 1

    s3.meta.events.register("before-send.s3", note)
    try:
        yield requests
    finally:
        s3.meta.events.unregister("before-send.s3", note)


def planned(storage: Storage) -> list[Intent]:
    return plan(storage, OCCASION, READERS, FIVE, lambda run: False)


def letter(reader: str) -> Letter:
    return a_letter(to=reader, message_id=message_id("trends", OCCASION.period, reader, "a@example.org"))


def test_a_mail_costs_two_writes_and_three_reads_and_a_plan_one_listing(
    s3: "S3Client", bucket: str, tmp_path: Path
) -> None:
    """It is asked twice whether it is wanted, claimed, read and recorded; a plan asks for nobody by name."""
    storage = S3Storage(s3, bucket)
    post = Post(
        storage,
        FolderSender(tmp_path),
        this_run(),
        clock_from(FIVE),
        time.sleep,
        hindrance=hindrance_to(storage, GROUP, timedelta(hours=4), clock_from(FIVE)),
    )
    for reader in READERS:
        enrol(storage, Reader(reader, ("trends",), Rhythm(Every.DAY), UTC_ZONE), FIVE)

    with counted(s3) as planning:
        intents = planned(storage)
    with counted(s3) as sending:
        fates = {outcome.fate for outcome in carry_out(intents, letter, 1, post)}
    with counted(s3) as planning_again:
        again = {intent.fate for intent in planned(storage)}

    assert fates == {Fate.ACCEPTED}
    assert dict(planning) == {"ListObjectsV2": 1}
    assert dict(sending) == {"GetObject": 3 * len(READERS), "PutObject": 2 * len(READERS)}
    assert again == {Fate.ALREADY_SENT}
    assert dict(planning_again) == {"ListObjectsV2": 1}
