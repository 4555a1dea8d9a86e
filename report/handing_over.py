"""What follows a build: results are laid where others look for them, and departments are told."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from report.catalogue import Recipe
from report.editions import Edition
from report.errors import TrendsError
from report.report_places import RESULTS, place_of, shown
from report.results import lay
from report.services import Services
from report.telling import Outcome, tell_once, told_folder
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


def hand_over(services: Services, recipe: Recipe, edition: Edition, period: Period, now: datetime) -> Handed:
    """Lay the results of an edition that stands and tell the departments, unless that was done; say what was.

    What fails is in the log and in what is returned, not raised: a report is not withheld from its readers
    because a bucket of others is closed. The next build does it.
    """
    laid, unlaid = _done(lambda: _lay(services, recipe, edition, period))
    outcomes, untold = _done(lambda: _tell(services, recipe, edition, now))
    told = tuple(f"{one.message.department}: {one.message.subject}" for one in outcomes if not one.problem)
    problems = (*unlaid, *(one.problem for one in outcomes if one.problem), *untold)
    for problem in problems:
        log.error("%s", problem)
    return Handed(tuple(laid), told, problems)


def _done(work: Callable[[], Iterator[_Item]]) -> tuple[list[_Item], tuple[str, ...]]:
    """What was done until something failed, and what that was."""
    done: list[_Item] = []
    try:
        done.extend(work())
    except TrendsError as error:
        return done, (str(error),)
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


def _tell(services: Services, recipe: Recipe, edition: Edition, now: datetime) -> Iterator[Outcome]:
    topic_of = services.departments() if recipe.alerts else None
    if recipe.alerts is None or topic_of is None:
        return
    messages = recipe.alerts(json.loads(services.storage.get(edition.folder + _DATA)))
    link = services.settings.public_url + period_path(edition.report, edition.period)
    linked = (replace(one, text=f"{one.text}\n\n{link}\n") for one in messages)
    yield from tell_once(services.storage, told_folder(edition.report, edition.period), linked, topic_of, now)
