"""All checks in order, each to its end, whatever becomes of the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.doctor.clockwork import check_clockwork, zone
from mailer.doctor.domain import ProblemOf, check_domain
from mailer.doctor.mail_server import check_server
from mailer.doctor.past import check_past
from mailer.doctor.storing import check_storage
from mailer.doctor.verdicts import Verdict, wrong
from mailer.doctor.wishes import check_settings
from report.addresses import mailbox
from report.cron import Cron
from report.domain_records import DomainRecords
from report.errors import TrendsError
from report.runs import this_run
from report.services import Services
from report.subscribers import readers_of

REPORT = "trends"


@dataclass(frozen=True)
class Surroundings:
    """What is looked at besides the services: this host's cron, its folder, and DNS.

    `problem_of` holds a DKIM record against our key; it is None where mail is not signed.
    """

    cron: Cron
    folder: Path
    records: DomainRecords
    problem_of: ProblemOf | None = None


def examine(services: Services, around: Surroundings, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    """Yield a verdict after the other; what a check cannot get over is a verdict too."""
    for check in _CHECKS:
        try:
            yield from check(services, around, clock)
        except TrendsError as error:
            about = check.__name__.strip("_").replace("_", " ")
            yield wrong(about, str(error), "this check went no further")


def _mail_server(services: Services, *_: object) -> Iterable[Verdict]:
    return check_server(services.settings.smtp_url, services.sender)


def _domain(services: Services, around: Surroundings, _: object) -> Iterable[Verdict]:
    settings = services.settings
    domain = mailbox(settings.mail_from).domain
    return check_domain(domain, settings.dkim_selector, around.problem_of, around.records)


def _storage(services: Services, _: object, clock: Callable[[], datetime]) -> Iterable[Verdict]:
    return check_storage(services.storage, this_run().id, clock)


def _clockwork(services: Services, around: Surroundings, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    settings, now = services.settings, clock()
    leaves = settings.smtp_url.folder is None
    yield zone(settings.timezone, settings.mail_at, now)
    yield from check_clockwork(services.storage, around.cron, around.folder, now, mail_leaves=leaves)


def _settings(services: Services, *_: object) -> Iterable[Verdict]:
    readers = readers_of(services.storage, services.settings)
    return check_settings(services.settings, len(readers))


def _past(services: Services, _: object, clock: Callable[[], datetime]) -> Iterable[Verdict]:
    settings = services.settings
    readers = readers_of(services.storage, settings)
    return check_past(services.storage, REPORT, readers, settings.mail_at, settings.timezone, clock())


_CHECKS = (_settings, _storage, _clockwork, _mail_server, _domain, _past)
