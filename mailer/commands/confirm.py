"""`python -m mailer confirm`: ask those who wished to subscribe whether they meant it."""

import logging
import sys
from datetime import UTC, datetime

import click

from mailer.confirming import Desk, Question, ask_waiting, letter_of, summary
from report.composition import services_from_environ
from report.runs import this_run

_PROBLEMS = frozenset({Question.DEFERRED, Question.REFUSED, Question.UNREADABLE})

log = logging.getLogger("mailer")


@click.command()
def confirm() -> None:
    """Mail the links by which readers confirm that they subscribed.

    The web pages start this for each wish; cron runs it too, for those whose mail could not leave. An
    address gets one such mail an hour at most. Says nothing where nobody waits. Exits with 1 if a mail was
    deferred or refused.

    \b
    Example:
      python -m mailer confirm
    """
    services, now = services_from_environ(), datetime.now(UTC)
    if not services.settings.secret_key:
        click.echo("SECRET_KEY is not set, so nobody can subscribe and nobody is asked")
        return
    letter = letter_of(services.settings, now)
    answers = []
    for answer in ask_waiting(Desk(services.storage, services.sender(), letter, this_run(), now)):
        answers.append(answer)
        if answer.question in _PROBLEMS:
            log.warning("%s: %s: %s", answer.about, answer.question, answer.why)
    if answers:
        log.info("wishes to subscribe: %s", summary(answers))
    sys.exit(1 if _PROBLEMS & {answer.question for answer in answers} else 0)
