"""All checks in order, each to its end, whatever becomes of the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailer.doctor.clockwork import check_clockwork, zone
from mailer.doctor.domain import ProblemOf, check_domain
from mailer.doctor.mail_server import check_server
from mailer.doctor.past import alarms, check_past, last_day_due
from mailer.doctor.storing import check_storage
from mailer.doctor.verdicts import Verdict, ok, skipped, warning, wrong
from mailer.doctor.wishes import check_settings, topic
from mailer.watching import check_collector, minute_of, recent_slots
from report.addresses import mailbox
from report.catalogue import FIRST, recipes
from report.cron import Cron
from report.domain_records import DomainRecords
from report.errors import TopicError, TrendsError
from report.runs import this_run
from report.services import Services
from report.subscribers import readers_of
from report.topics import Subscription

_A_YEAR = 525_600  # minutes: where nobody wants to be told of a quiet collector


@dataclass(frozen=True)
class Surroundings:
    """What is looked at besides the services: this host's cron, its folder, DNS, and ALERT_TOPIC.

    `problem_of` holds a DKIM record against our key; it is None where mail is not signed. `subscriptions`
    is None where no topic is set.
    """

    cron: Cron
    folder: Path
    records: DomainRecords
    problem_of: ProblemOf | None = None
    subscriptions: Callable[[], Sequence[Subscription]] | None = None


def examine(services: Services, around: Surroundings, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    """Yield a verdict after the other; what a check cannot get over is a verdict too."""
    for check in _CHECKS:
        try:
            yield from check(services, around, clock)
        except TrendsError as error:
            about = check.__name__.strip("_").replace("_", " ")
            yield wrong(about, str(error))


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
    unreadable: list[str] = []
    readers = readers_of(services.storage, services.settings, unreadable.append)
    return check_settings(services.settings, len(readers), unreadable)


def _topic(_: object, around: Surroundings, __: object) -> Iterator[Verdict]:
    if around.subscriptions is None:
        return
    try:
        yield topic(around.subscriptions())
    except TopicError as error:  # a role that may publish need not be one that may list
        yield warning("topic", str(error), "`python -m mailer alerts test` says whether it can be told")


def _collector(services: Services, _: object, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    now, minutes = clock(), services.settings.alert_quiet_minutes
    slots = recent_slots(services.storage, now)
    if not slots:
        yield skipped("collector", "no collector ever stored a minute's tweet here")
        return
    found = check_collector(services.storage, now, timedelta(minutes=minutes or _A_YEAR))
    yield from (warning("collector", finding.says, "see docs/operations.md") for finding in found)
    if not found:
        yield ok("collector", f"stores tweets, the last at {minute_of(slots[-1]):%Y-%m-%d %H:%M} UTC")


def _past(services: Services, _: object, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    settings, now = services.settings, clock()
    readers = readers_of(services.storage, settings)
    due = last_day_due(settings.mail_at, settings.timezone, now)
    for name, recipe in recipes().items():
        try:
            supplied = name == FIRST or any(services.source(name).list(""))
        except TrendsError as error:  # what lies beside it is looked at all the same
            yield wrong("edition", f"{name}: its source cannot be listed: {error}")
            continue
        if supplied:
            yield from check_past(services.storage, recipe, readers, due, settings.timezone, now)
        else:
            yield skipped("edition", f"{name}: nothing lies in the report's source")
    yield from alarms(services.storage, now)


_CHECKS = (_settings, _topic, _storage, _clockwork, _mail_server, _domain, _collector, _past)
