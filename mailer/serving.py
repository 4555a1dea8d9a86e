"""Mails one edition: built, then sent to each reader who has not had it, unless something hinders it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from mailer.deliveries import Delivery, about, deliveries
from mailer.desk import Desk, intents_of
from mailer.groups import Group
from mailer.hindrances import hindrance_to
from mailer.ledger import Occasion
from mailer.planning import Fate, Intent
from mailer.press import Pressed, built, published
from mailer.sending import PROBLEMS, Outcome, Post, carry_out, summary
from report.alerts import Alarm, Finding
from report.catalogue import recipes
from report.editions import Edition
from report.errors import BuildRunning, NotBegun, TrendsError
from report.handing_over import is_for_others
from report.periods import period_of
from report.services import Services

_ALARMS = {Fate.REFUSED: Alarm.READER_REFUSED, Fate.UNKNOWN: Alarm.UNKNOWN_OUTCOME}
_LOOKED_FOR = (Alarm.BUILD_FAILED, Alarm.HELD, Alarm.MAIL_BROKEN)
_TOLD_AT_MOST = 100  # findings of one alarm and group; the log has all

log = logging.getLogger("mailer")


@dataclass(frozen=True)
class Served:
    """What became of readers, in numbers, what the owner is to be told, and what was looked for."""

    fates: Counter[Fate] = field(default_factory=Counter)
    findings: tuple[Finding, ...] = ()
    checked: frozenset[tuple[Alarm, str]] = frozenset()

    def __add__(self, other: "Served") -> "Served":
        return Served(self.fates + other.fates, self.findings + other.findings, self.checked | other.checked)


def serve(desk: Desk, group: Group) -> Served:
    """Do what is due for the group, and say what was looked for; raise `StorageError`."""
    looked_for = frozenset((alarm, about(group)) for alarm in _LOOKED_FOR)
    return _served(desk, group) + Served(checked=looked_for)


def _served(desk: Desk, group: Group) -> Served:
    """Send the group's edition to who has not had it, and its correction to who needs one.

    What stands in the way of this group is a finding; raise `StorageError` where the ledger fails.
    """
    occasion = Occasion(group.report, group.period)
    intents = intents_of(desk, occasion, group.addresses)
    corrects = desk.services.settings.mail_corrections
    if not corrects and not any(intent.fate is None for intent in intents):
        return _left(occasion, intents) + _made_up_for(desk, group)
    edition, pressed = _pressed(desk, group, built)
    if edition is None:
        return _left(occasion, intents, *pressed.findings)
    found = deliveries(desk, group, edition, intents)
    return sum((_carried_out(desk, group, delivery) for delivery in found), pressed)


def publish(desk: Desk, group: Group) -> Served:
    """Build the group's edition where there is none: it stands, whatever becomes of the mail."""
    _, pressed = _pressed(desk, group, published)
    return pressed + Served(checked=frozenset({(Alarm.BUILD_FAILED, about(group))}))


def _made_up_for(desk: Desk, group: Group) -> Served:
    """Hand over what was left, though nobody waits for a mail; what is for readers alone costs no request."""
    recipe = recipes().get(group.report)  # one that is gone since has nothing to hand over
    period = period_of(group.period, desk.services.settings.timezone)
    if recipe is None or not is_for_others(recipe, period):
        return Served()
    return _pressed(desk, group, published)[1]


def _pressed(
    desk: Desk, group: Group, press: Callable[[Services, str, str], Pressed]
) -> tuple[Edition | None, Served]:
    """The edition and what failed of handing it over, or what hinders it: nothing while another builds it."""
    try:
        pressed = press(desk.services, group.report, group.period)
    except BuildRunning as error:
        log.warning("%s; the next run mails it", error)
        return None, Served()
    except Exception as error:  # a bug in one report keeps nobody from another
        if isinstance(error, NotBegun) and press is published:
            return None, Served()  # nobody waits for what was never collected
        if not isinstance(error, TrendsError):
            log.exception("%s could not be built", group)
        says = str(error) or type(error).__name__
        failed = Finding(Alarm.BUILD_FAILED, about(group), f"{group} could not be built: {says}")
        return None, Served(findings=(failed,))
    looked_for = frozenset({(Alarm.NOT_HANDED_OVER, about(group))})
    return pressed.edition, Served(findings=tuple(pressed.handed.findings(about(group))), checked=looked_for)


def _carried_out(desk: Desk, group: Group, delivery: Delivery) -> Served:
    if delivery.hindrance:
        return _left(delivery.occasion, delivery.intents, delivery.hindrance)
    if not delivery.is_wanted:
        return _left(delivery.occasion, delivery.intents)
    revision, post = delivery.edition.revision, _post(desk, group)
    return _tallied(delivery.occasion, carry_out(delivery.intents, delivery.letter, revision, post))


def _post(desk: Desk, group: Group) -> Post:
    services, stop = desk.services, desk.stop
    lateness = timedelta(hours=services.settings.mail_late_hours)
    return Post(
        services.storage,
        services.sender(),
        desk.run,
        desk.clock,
        stop.wait,
        stop.is_asked,
        services.settings.mail_per_second,
        hindrance_to(services.storage, group, lateness, desk.clock),
    )


def _left(occasion: Occasion, intents: Iterable[Intent], *findings: Finding) -> Served:
    """Send nothing: who has not had the mail is left for the next run."""
    for finding in findings:
        log.warning("%s: %s", finding.alarm.words, finding.says)
    outcomes = (Outcome(intent.reader, intent.fate or Fate.LEFT, intent.why) for intent in intents)
    return _tallied(occasion, outcomes) + Served(findings=findings)


def _tallied(occasion: Occasion, outcomes: Iterable[Outcome]) -> Served:
    """Count the outcomes as they come; log, and gather for the owner, those that are not good."""
    fates: Counter[Fate] = Counter()
    findings = []
    try:
        for outcome in outcomes:
            fates[outcome.fate] += 1
            if outcome.fate in PROBLEMS:
                log.warning("%s: %s: %s", outcome.reader, outcome.fate, outcome.why)
            if outcome.fate in _ALARMS and fates[outcome.fate] <= _TOLD_AT_MOST:
                says = f"{occasion}: {outcome.reader}: {outcome.why}"
                name = about(occasion) if outcome.fate is Fate.REFUSED else str(occasion)
                findings.append(Finding(_ALARMS[outcome.fate], name, says))
    finally:
        log.info("%s: %s", occasion, summary(fates))
    return Served(fates, tuple(findings))
