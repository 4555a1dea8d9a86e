"""Tells the owner what is wrong, by mail and by a topic, and never fails for it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from report.alert_states import confirm, hand_back, settle
from report.alert_words import Heading, alert_mail, alert_text, line_of, subject_of, without_addresses
from report.alerts import Alarm, Change, Checked, Finding, Notice
from report.errors import BuildRunning, NotBegun, SettingsError, StorageError, TrendsError
from report.mail import as_letter
from report.runs import this_run
from report.services import Services
from report.settings import Settings
from report.storage import Storage

log = logging.getLogger(__name__)

_Settled = list[tuple[Storage | None, list[Notice]]]
"""What is to be told, by who remembers that it was; nobody does where nothing can be written."""
_UNREMEMBERED_MINUTES = 15
"""So much of each hour has one of cron's runs, and in it is told what nobody can remember to have told."""


def tell(services: Services, findings: Iterable[Finding], checked: Checked, now: datetime) -> None:
    """Tell MAIL_OWNER and ALERT_TOPIC what is new, lasts too long, or is over since the last run.

    `checked` is what this run looked for, found or not; `now` is aware. A way of telling that fails is
    logged; where all fail, the next run tells it. Nothing is raised.
    """
    settled = _settled(services, list(findings), checked, now)
    notices = [notice for _, ours in settled for notice in ours]
    if not notices:
        return
    for notice in notices:
        log.warning("%s", line_of(notice, services.settings.timezone))
    is_told = _told(services, notices, now)
    for memory, ours in settled:
        if memory is None:
            continue
        try:
            confirm(memory, ours, now) if is_told else hand_back(memory, ours)
        except StorageError as error:
            log.error("what was told of alarms could not be kept, and may be told again: %s", error)


@contextmanager
def failure_told(services: Services, alarm: Alarm, about: str, now: datetime) -> Iterator[None]:
    """Tell of whatever ends the block, and raise it; after a block that ends well it is over.

    That is known of this thing alone: another of the same alarm may have failed and not been tried since.
    Work that another run is at is neither, nor is a day before anything was collected.
    """
    try:
        yield
    except (BuildRunning, NotBegun):
        raise
    except Exception as error:
        tell(services, [Finding(alarm, about, str(error) or type(error).__name__)], {(alarm, about)}, now)
        raise
    tell(services, [], {(alarm, about)}, now)


def _settled(services: Services, findings: list[Finding], checked: Checked, now: datetime) -> _Settled:
    """Decide what to tell; a storage that fails cannot keep that it failed, so this host does."""
    repeat_after = timedelta(hours=services.settings.alert_repeat_hours)
    try:
        shared = settle(services.storage, findings, checked, now, repeat_after)
    except StorageError as error:
        failed = Finding(Alarm.STORAGE_FAILED, f"as {this_run().host} sees it", str(error))
        return _settled_here(services, [failed], now, repeat_after)
    return [(services.storage, shared), *_settled_here(services, [], now, repeat_after)]


def _settled_here(
    services: Services, findings: list[Finding], now: datetime, repeat_after: timedelta
) -> _Settled:
    here = services.here()
    try:
        return [(here, settle(here, findings, {Alarm.STORAGE_FAILED}, now, repeat_after))]
    except StorageError as error:
        log.error("this host cannot keep its own alarms, see CACHE_DIR: %s", error)
        return [(None, _unremembered(findings, now))]


def _unremembered(findings: list[Finding], now: datetime) -> list[Notice]:
    """Return what is told once an hour, since a full disk must not keep that a secret; log the rest."""
    if now.minute < _UNREMEMBERED_MINUTES:
        return [Notice(it.alarm, it.about, Change.RAISED, now, (it.says,)) for it in findings]
    for finding in findings:
        log.error("%s: %s", finding.alarm.words, finding.says)
    return []


def tell_test(services: Services, now: datetime) -> Iterator[str]:
    """Tell MAIL_OWNER and ALERT_TOPIC that this is a test; yield how each was told.

    Raise `MailError` or `TopicError` where one could not be, and `SettingsError` where neither is set.
    """
    settings = services.settings
    if not (settings.mail_owner or settings.alert_topic):
        raise SettingsError("nobody would be told: set MAIL_OWNER, or ALERT_TOPIC, or both")
    heading = _heading(settings, now)
    if settings.mail_owner:
        _mail(services, [], heading)
        yield f"mail was sent to {settings.mail_owner}"
    if settings.alert_topic:
        _publish(services, [], heading)
        yield f"SNS took the message to {settings.alert_topic}"


def _told(services: Services, notices: Sequence[Notice], now: datetime) -> bool:
    """Tell by each way there is; return whether one worked, or there is none but the log."""
    settings = services.settings
    heading = _heading(settings, now)
    wanted = {_mail: settings.mail_owner, _publish: settings.alert_topic}
    ways = [way for way, whom in wanted.items() if whom]
    if not ways:
        log.warning("only this log is told: set MAIL_OWNER, or ALERT_TOPIC, or both")
        return True
    return any([_works(way, services, notices, heading) for way in ways])


def _works(
    way: Callable[[Services, Sequence[Notice], Heading], None],
    services: Services,
    notices: Sequence[Notice],
    heading: Heading,
) -> bool:
    try:
        way(services, notices, heading)
    except TrendsError as error:
        log.error("the owner could not be told: %s", error)
        return False
    return True


def _heading(settings: Settings, now: datetime) -> Heading:
    return Heading(settings.mail_subject, this_run().host, now, settings.timezone)


def _mail(services: Services, notices: Sequence[Notice], heading: Heading) -> None:
    letter = alert_mail(notices, heading, services.settings.mail_from, services.settings.mail_owner)
    with services.sender() as sender:
        sender.send(as_letter(letter))


def _publish(services: Services, notices: Sequence[Notice], heading: Heading) -> None:
    text = without_addresses(alert_text(notices, heading))
    services.topic().publish(subject_of(notices, heading.name), text)
