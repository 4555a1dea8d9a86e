"""What follows a build: results are laid where others look for them, and departments are told.

editions/<report>/<period>/handed.json    {"revision": 2, "told": true}: the edition of which all that
                                          was done; not told where DEPARTMENT_TOPICS were not set
"""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from report.alerts import Alarm, Finding
from report.catalogue import Recipe
from report.editions import Edition
from report.errors import NotFound, TopicError, TrendsError
from report.made_up import labelled_message
from report.report_places import RESULTS, place_of, shown
from report.results import lay
from report.services import Services
from report.stored_json import JSON, json_bytes
from report.telling import Outcome, tell_once, told_folder
from report.topics import Topic
from report.values import Period
from report.web_paths import period_path

log = logging.getLogger(__name__)
_DATA = "data.json"
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Handed:
    """Where results lie, what was told to whom, and what failed of both, in sentences."""

    laid: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def findings(self, about: str) -> list[Finding]:
        """Return what failed as the owner is told it; `about` is what the alarm calls the edition."""
        return [Finding(Alarm.NOT_HANDED_OVER, about, says) for says in self.problems]


def is_for_others(recipe: Recipe, period: Period) -> bool:
    """Whether editions of this report have results that are laid elsewhere, or news for departments."""
    try:
        return recipe.alerts is not None or bool(recipe.results(period))
    except Exception:  # a bug in the report is named where its results are to be laid
        return True


def is_handed_over(services: Services, recipe: Recipe, edition: Edition, period: Period) -> bool:
    """Whether nothing of an edition that stands is left to be laid or told, as far as was noted.

    A build that was killed, or that a bucket or SNS refused, left something; one without DEPARTMENT_TOPICS
    left the news, once they are set. Raise `StorageError`.
    """
    if not is_for_others(recipe, period):
        return True
    try:
        note = json.loads(services.storage.get(_handed_key(edition)))
        is_told = note.get("told", True) or _topics(services, recipe) is None
        return bool(is_told and note["revision"] == edition.revision)
    except (NotFound, TopicError, ValueError, LookupError, TypeError, AttributeError):
        return False


def hand_over(services: Services, recipe: Recipe, edition: Edition, period: Period, now: datetime) -> Handed:
    """Lay the results of an edition that stands and tell the departments, unless that was done; say what was.

    What fails is in the log and in what is returned, not raised: a report is not withheld from its readers
    because a bucket of others is closed. The next build does it, and so does the mailer's next run. Raise
    `StorageError` where our own storage cannot note that it was done.
    """
    laid, unlaid = _done(f"laying the results of {recipe.name}", _lay(services, recipe, edition, period))
    outcomes, untold = _done(f"telling departments of {recipe.name}", _tell(services, recipe, edition, now))
    told = tuple(f"{one.message.department}: {one.message.subject}" for one in outcomes if not one.problem)
    problems = (*unlaid, *(one.problem for one in outcomes if one.problem), *untold)
    for problem in problems:
        log.error("%s", problem)
    if not problems and not is_handed_over(services, recipe, edition, period):
        is_told = recipe.alerts is None or _topics(services, recipe) is not None
        note = {"revision": edition.revision, "told": is_told}
        services.storage.put(_handed_key(edition), json_bytes(note), JSON)
    return Handed(tuple(laid), told, problems)


def _handed_key(edition: Edition) -> str:
    return f"editions/{edition.report}/{edition.period}/handed.json"


def _done(what: str, work: Iterator[_Item]) -> tuple[list[_Item], tuple[str, ...]]:
    """What was done until something failed, and what that was: a bug in `what` withholds no edition."""
    done: list[_Item] = []
    try:
        done.extend(work)
    except TrendsError as error:
        return done, (str(error),)
    except Exception as error:
        log.exception("%s failed", what)
        return done, (f"{what} failed, see the log: {type(error).__name__}: {error}",)
    return done, ()


def _lay(services: Services, recipe: Recipe, edition: Edition, period: Period) -> Iterator[str]:
    wanted = recipe.results(period)
    if not wanted:
        return
    settings, name = services.settings, recipe.name
    place = place_of(settings.storage_url, dict(settings.report_results), RESULTS, name)
    storages = services.storage, services.results(name)
    for key in lay(*storages, edition, wanted, services.statics, settings.public_url):
        yield shown(place, key)


def _topics(services: Services, recipe: Recipe) -> Callable[[str], Topic] | None:
    return services.departments() if recipe.alerts else None


def _tell(services: Services, recipe: Recipe, edition: Edition, now: datetime) -> Iterator[Outcome]:
    topic_of = _topics(services, recipe)
    if recipe.alerts is None or topic_of is None:
        return
    data = json.loads(services.storage.get(edition.folder + _DATA))
    messages = (labelled_message(one, data) for one in recipe.alerts(data))
    link = services.settings.public_url + period_path(edition.report, edition.period)
    linked = (replace(one, text=f"{one.text}\n\n{link}\n") for one in messages)
    yield from tell_once(services.storage, told_folder(edition.report, edition.period), linked, topic_of, now)
