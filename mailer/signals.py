"""Signs of life after each run of the mailer, for a dead-man's switch elsewhere."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from mailer.planning import Fate
from mailer.sending import PROBLEMS
from report.alerts import Alarm, Finding
from report.errors import SignError
from report.services import Services

log = logging.getLogger(__name__)

_SETTLED = frozenset({Fate.ACCEPTED, Fate.ALREADY_SENT, Fate.UNWANTED})
"""What leaves nobody waiting for a mail."""


@dataclass(frozen=True)
class Tally:
    """A run in numbers: mails accepted and failed in it, and those due that readers still wait for."""

    accepted: int
    failed: int
    missing: int


def tally(fates: Iterable[Fate]) -> Tally:
    """Return the numbers of a run from the fates of all mails that were due.

    An address that is refused while others have their mail is that reader's own trouble, and told as such;
    where nobody has any, something is wrong with us.
    """
    counts = Counter(fates)
    has_arrived = counts[Fate.ACCEPTED] or counts[Fate.ALREADY_SENT]
    settled = _SETTLED | {Fate.REFUSED} if has_arrived else _SETTLED
    return Tally(
        accepted=counts[Fate.ACCEPTED],
        failed=sum(counts[fate] for fate in PROBLEMS),
        missing=counts.total() - sum(counts[fate] for fate in settled),
    )


def put_off(fates: Mapping[Fate, int]) -> list[Finding]:
    """Return what is wrong where mails that are due could not be handed over in this run."""
    if not fates.get(Fate.DEFERRED):
        return []
    says = (
        f"{fates[Fate.DEFERRED]:,} mails that are due were put off, and the next run tries again; "
        "`python -m mailer doctor` says whether the mail server takes us"
    )
    return [Finding(Alarm.NO_MAIL, "mails that are due", says)]


def give_signs(
    services: Services, run: Tally, now: datetime, figures: Mapping[str, float] = MappingProxyType({})
) -> None:
    """Put the counts and these figures into METRICS_NAMESPACE; ask PING_URL if nobody lacks a due mail.

    What fails is logged, and nothing is raised: whoever waits for the signs notices by their absence.
    """
    settings = services.settings
    counts: dict[str, float] = {
        "MailsAccepted": run.accepted,
        "MailsFailed": run.failed,
        "MailsMissing": run.missing,
    }
    try:
        if settings.metrics_namespace:
            services.metrics().put(counts | dict(figures), now)
    except SignError as error:
        log.warning("%s", error)
    try:
        if settings.ping_url and not run.missing:
            services.ping()()
    except SignError as error:
        log.warning("%s", error)
