"""`python -m mailer confirm`: ask those who wished to subscribe whether they meant it."""

import logging
import sys
from datetime import UTC, datetime

import click

from mailer.confirming import (
    PROBLEMS,
    WISHES,
    Answer,
    Asking,
    Question,
    ask_waiting,
    findings_of,
    letter_of,
    summary,
)
from report.alerting import failure_told, tell
from report.alerts import Alarm
from report.composition import services_from_environ
from report.runs import this_run
from report.services import Services

log = logging.getLogger("mailer")


@click.command()
def confirm() -> None:
    """Mail the links by which readers confirm that they subscribed.

    The web pages start this for each wish; cron runs it too, for those whose mail could not leave. An
    address gets one such mail an hour at most. Where nobody waits, only a terminal is told. Exits with 1 if
    somebody was not asked, or perhaps not; the owner is told, but for addresses that do not exist.

    \b
    Example:
      python -m mailer confirm
    """
    services, now = services_from_environ(), datetime.now(UTC)
    if not services.settings.secret_key:
        click.echo("SECRET_KEY is not set, so nobody can subscribe and nobody is asked")
        return
    with failure_told(services, Alarm.NOT_ASKED, "the run of mailer confirm", now):
        answers = _asked(services, now)
    if not answers and sys.stdout.isatty():
        click.echo("nobody waits to be asked")
    questions = {answer.question for answer in answers}
    found = findings_of(answers)
    if found or Question.ASKED in questions:  # where nobody waits, nobody knows whether mail would leave
        tell(services, found, {(Alarm.NOT_ASKED, WISHES)}, now)
    sys.exit(1 if PROBLEMS & questions else 0)


def _asked(services: Services, now: datetime) -> list[Answer]:
    letter, answers = letter_of(services.settings, now), []
    for answer in ask_waiting(Asking(services.storage, services.sender(), letter, this_run(), now)):
        answers.append(answer)
        if answer.question in PROBLEMS:
            log.warning("%s: %s: %s", answer.about, answer.question, answer.why)
    if answers:
        log.info("wishes to subscribe: %s", summary(answers))
    return answers
