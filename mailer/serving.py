"""Mails one edition: built, weighed, looked over, then sent to each reader who has not had it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

from mailer.groups import Group
from mailer.hindrances import hindrance_to
from mailer.ledger import Occasion
from mailer.letters import Heading, letter_writer
from mailer.pacing import Stop, clock_from
from mailer.planning import Fate, Intent, plan
from mailer.preflight import problems_of
from mailer.press import attachments, built, correction_heading, heading, is_held, published
from mailer.sending import PROBLEMS, Outcome, Post, carry_out, summary
from report.alerts import Alarm, Finding
from report.corrections import top_changed
from report.editions import Edition, edition_folder, load
from report.errors import BuildRunning, MailError, NotBegun, NotFound, TrendsError
from report.mail import Letter
from report.runs import Run, is_over
from report.services import Services
from report.words import percent

_ALARMS = {Fate.REFUSED: Alarm.READER_REFUSED, Fate.UNKNOWN: Alarm.UNKNOWN_OUTCOME}
_LOOKED_FOR = (Alarm.BUILD_FAILED, Alarm.HELD, Alarm.MAIL_BROKEN)
_TOLD_AT_MOST = 100  # findings of one alarm and group; the log has all
_FIRST = 1  # a reader gets one correction of a period, whichever revision comes after it

log = logging.getLogger("mailer")


@dataclass(frozen=True)
class Desk:
    """What a run works with.

    `now` (aware) is its time, as it was told; `begun_at` is what the real clock showed then.
    Under `hold_below` percent of observed minutes a mail waits for data.
    """

    services: Services
    now: datetime
    run: Run
    stop: Stop
    hold_below: int
    begun_at: datetime | None = None

    def __post_init__(self) -> None:
        self.clock()  # it begins with the run, not with the first mail

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        """What time it is, by one clock for the whole run: the last group's claims must not look old."""
        return clock_from(self.now)

    @property
    def real_now(self) -> datetime:
        """The time of the run that others go by, whatever it was told: of alarms, and of signs of life."""
        return self.begun_at or self.now


@dataclass(frozen=True)
class Served:
    """What became of readers, in numbers, what the owner is to be told, and what was looked for."""

    fates: Counter[Fate] = field(default_factory=Counter)
    findings: tuple[Finding, ...] = ()
    checked: frozenset[tuple[Alarm, str]] = frozenset()

    def __add__(self, other: "Served") -> "Served":
        return Served(self.fates + other.fates, self.findings + other.findings, self.checked | other.checked)


def intents_of(desk: Desk, occasion: Occasion, addresses: Iterable[str]) -> list[Intent]:
    """Return what the ledger leaves to be done for these readers; raise `StorageError`."""
    return plan(desk.services.storage, occasion, addresses, desk.now, is_over)


def serve(desk: Desk, group: Group) -> Served:
    """Do what is due for the group, and say what was looked for; raise `StorageError`."""
    looked_for = frozenset((alarm, _about(group)) for alarm in _LOOKED_FOR)
    return _served(desk, group) + Served(checked=looked_for)


def _served(desk: Desk, group: Group) -> Served:
    """Send the group's edition to who has not had it, and its correction to who needs one.

    What stands in the way of this group is a finding; raise `StorageError` where the ledger fails.
    """
    occasion = Occasion(group.report, group.period)
    intents = intents_of(desk, occasion, group.addresses)
    corrects = desk.services.settings.mail_corrections
    if not corrects and not any(intent.fate is None for intent in intents):
        return _left(occasion, intents)
    edition = _edition(desk, group, built)
    if not isinstance(edition, Edition):
        return _left(occasion, intents, *edition)
    if is_held(edition, desk.hold_below):
        return _left(occasion, intents, _held(desk, group, edition))
    served = _mailed(
        desk, group, occasion, intents, edition, heading(desk.services.settings, edition, desk.now)
    )
    return served + _corrected(desk, group, intents, edition) if corrects else served


def publish(desk: Desk, group: Group) -> Served:
    """Build the group's edition where there is none: it stands, whatever becomes of the mail."""
    edition = _edition(desk, group, published)
    findings = () if isinstance(edition, Edition) else edition
    return Served(findings=findings, checked=frozenset({(Alarm.BUILD_FAILED, _about(group))}))


def _edition(
    desk: Desk, group: Group, find: Callable[[Services, str, str], Edition]
) -> Edition | tuple[Finding, ...]:
    """The edition, or what hinders it: nothing to tell of while another builds it."""
    try:
        return find(desk.services, group.report, group.period)
    except BuildRunning as error:
        log.warning("%s; the next run mails it", error)
        return ()
    except Exception as error:  # a bug in one report keeps nobody from another
        if isinstance(error, NotBegun) and find is published:
            return ()  # nobody waits for what was never collected
        if not isinstance(error, TrendsError):
            log.exception("%s could not be built", group)
        says = str(error) or type(error).__name__
        return (Finding(Alarm.BUILD_FAILED, _about(group), f"{group} could not be built: {says}"),)


def _held(desk: Desk, group: Group, edition: Edition) -> Finding:
    assert edition.coverage is not None
    hours = desk.services.settings.mail_late_hours
    says = (
        f"{group}: {percent(edition.coverage)} of the minutes were observed, MAIL_HOLD_BELOW asks for "
        f"{percent(desk.hold_below / 100)}; it goes when data arrives within {hours} hours after it was due, "
        f"or by `python -m mailer send --report {group.report} --period {group.period} --to ADDRESS`"
    )
    return Finding(Alarm.HELD, _about(group), says)


def _corrected(desk: Desk, group: Group, intents: Sequence[Intent], edition: Edition) -> Served:
    """Mail the edition anew to those whose first ten were others."""
    had = [intent for intent in intents if intent.fate is Fate.ALREADY_SENT]
    changed = {
        revision: _is_changed(desk, group, revision, edition)
        for revision in sorted({intent.revision for intent in had})
    }
    wrong = [intent.reader for intent in had if changed[intent.revision]]
    if not wrong:
        return Served()
    occasion = Occasion(group.report, group.period, _FIRST)
    over = correction_heading(desk.services.settings, edition, desk.now)
    return _mailed(desk, group, occasion, intents_of(desk, occasion, wrong), edition, over)


def _is_changed(desk: Desk, group: Group, revision: int, edition: Edition) -> bool:
    if revision >= edition.revision:
        return False
    folder = edition_folder(group.report, group.period, revision)
    try:
        return top_changed(load(desk.services.storage, folder), edition)
    except NotFound:
        return False


def _about(what: Group | Occasion) -> str:
    """What an alarm calls it: hourly mails alike, since what is wrong with one mostly lasts to the next."""
    return f"{what.report}, day so far" if "T" in what.period else f"{what.report} {what.period}"


def _mailed(
    desk: Desk, group: Group, occasion: Occasion, intents: Sequence[Intent], edition: Edition, over: Heading
) -> Served:
    services, settings = desk.services, desk.services.settings
    files = partial(attachments, services, edition)
    letter = letter_writer(services.storage, edition, over, settings, files)
    waiting = next((intent.reader for intent in intents if intent.fate is None), None)
    if waiting is None:
        return _left(occasion, intents)
    if broken := _broken(occasion, letter, waiting, settings.public_url):
        return _left(occasion, intents, broken)
    return _tallied(occasion, carry_out(intents, letter, edition.revision, _post(desk, group)))


def _broken(
    occasion: Occasion, letter: Callable[[str], Letter], reader: str, public_url: str
) -> Finding | None:
    """What is wrong with the letter, looked over once: but for their links, all readers' are alike."""
    try:
        problems = problems_of(letter(reader).parsed(), public_url)
    except (MailError, NotFound) as error:
        problems = [str(error)]
    if not problems:
        return None
    says = f"{occasion} is not mailed, since it would not arrive as it should: {' '.join(problems)}"
    return Finding(Alarm.MAIL_BROKEN, _about(occasion), says)


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
                about = _about(occasion) if outcome.fate is Fate.REFUSED else str(occasion)
                findings.append(Finding(_ALARMS[outcome.fate], about, says))
    finally:
        log.info("%s: %s", occasion, summary(fates))
    return Served(fates, tuple(findings))
