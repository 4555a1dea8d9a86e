"""A period's edition, from what was collected: built once, and again only when the data changed."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from report import editions
from report.catalogue import Ingredients, Recipe, find
from report.drafts import save_draft
from report.editions import Edition
from report.errors import BuildError, NotFound
from report.handing_over import Handed, hand_over
from report.leases import lease
from report.made_up import labelled
from report.periods import period_of
from report.revising import freeze_next, rendered
from report.runs import this_run
from report.services import Services
from report.values import Period, Span
from report.web_paths import home_of
from report.window import Window, day_window, today

_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Built:
    """What a build came to; `fresh` is False where the edition that stands was right already."""

    edition: Edition
    fresh: bool
    handed: Handed = field(default_factory=Handed)


def build_edition(
    services: Services, name: str, period_id: str, now: datetime, *, force: bool = False
) -> Built:
    """Build the edition of a period that is over, unless it stands already; `force` renders it regardless.

    Raise `BuildRunning` while another builds it, `BuildError` for a period that is not over at `now` or is
    none (`report.periods`), and what the engine and storage raise.
    """
    period, recipe = period_of(period_id, services.settings.timezone), find(name)
    _check_has(recipe, period)
    _check_over(recipe, period, now)
    with lease(services.storage, f"build-{name}-{period.id}", this_run(), now, _LEASE):
        built = _build_edition(services, recipe, period, force)
        return replace(built, handed=hand_over(services, recipe, built.edition, period, now))


def hand_over_standing(services: Services, name: str, period_id: str, now: datetime) -> Handed:
    """Lay and tell what is left of the newest edition of a period, without building it.

    Raise `BuildRunning` while another builds it, `NotFound` where none stands, and `StorageError`.
    """
    period, recipe = period_of(period_id, services.settings.timezone), find(name)
    with lease(services.storage, f"build-{name}-{period.id}", this_run(), now, _LEASE):
        edition = editions.newest_of(services.storage, name, period.id)
        return hand_over(services, recipe, edition, period, now)


def build_draft(services: Services, name: str, now: datetime) -> Edition:
    """Build the report of the day that is open at `now`, as far as it has come, and point to it.

    Raise `BuildRunning` while another builds it, and what the engine and storage raise.
    """
    period, recipe = open_period(services, now), find(name)
    _check_has(recipe, period)
    with lease(services.storage, f"build-{name}-today", this_run(), now, _LEASE):
        ingredients = _ingredients(services, name)
        sources = list(recipe.prepare(ingredients, period))
        report = labelled(recipe.build(ingredients, period), ingredients.source, sources)
        stamp = f"{now:%Y%m%dT%H%M}Z"
        home = home_of(name)
        where = f"drafts/{name}/{stamp}/"
        draft, files = rendered(services, report, 0, where, f"{home}drafts/{stamp}/", f"{home}today")
        save_draft(services.storage, draft, files)
    return draft


def open_period(services: Services, now: datetime) -> Period:
    """Return the day that is open at `now` (UTC), from its midnight to the last whole minute."""
    zone = services.settings.timezone
    day = today(now, zone)
    start = day_window(day, zone).start
    end = max(now.replace(second=0, microsecond=0), start + timedelta(minutes=1))
    return Period(day, zone, Window(start, end), is_open=True)


def _check_has(recipe: Recipe, period: Period) -> None:
    if period.span not in recipe.spans:
        has = ", ".join(span.value for span in Span if span in recipe.spans)
        raise BuildError(
            f"{recipe.name} has no reports of {period.span.value}, as {period.id} is; it has {has}"
        )


def _check_over(recipe: Recipe, period: Period, now: datetime) -> None:
    if now < period.window.start:
        raise BuildError(f"{period.id} has not begun in {period.zone.key}")
    if now < period.window.end:
        so_far = (
            "; --today builds the day as far as it has come, and --period freezes it as it was at a minute "
            "that has passed"
        )
        raise BuildError(
            f"{period.id} is not over in {period.zone.key}{so_far if Span.SO_FAR in recipe.spans else ''}"
        )


def _build_edition(services: Services, recipe: Recipe, period: Period, force: bool) -> Built:
    storage = services.storage
    ingredients = _ingredients(services, recipe.name)
    sources = list(recipe.prepare(ingredients, period))
    inputs = _digest(services, sources)
    standing = _standing(services, recipe.name, period)
    if standing and not force and (not sources or _checked(services, standing) == inputs):
        editions.announce(storage, standing)  # a build killed just before did not
        return Built(standing, fresh=False)
    report = labelled(recipe.build(ingredients, period), ingredients.source, sources)
    edition, fresh = freeze_next(services, report, standing, force=force)
    editions.announce(storage, edition)
    _write_checked(services, edition, inputs)
    return Built(edition, fresh)


def _ingredients(services: Services, name: str) -> Ingredients:
    return Ingredients(services.storage, services.history(), services.source(name))


def _digest(services: Services, sources: list[str]) -> str:
    """What the edition depends on, as one hash: what it is made from, and the settings."""
    settings = services.settings
    judged = settings.trend_floor, settings.trend_least_tweets, settings.trend_least_authors
    said = [settings.timezone.key, f"{settings.count_retweets} {judged}", str(settings.mail_warn_below)]
    said += sources
    return sha256("\n".join(said).encode()).hexdigest()


def _standing(services: Services, name: str, period: Period) -> Edition | None:
    try:
        return editions.newest_of(services.storage, name, period.id)
    except NotFound:
        return None


def _checked_key(edition: Edition) -> str:
    return f"editions/{edition.report}/{edition.period}/checked.json"


def _checked(services: Services, edition: Edition) -> str:
    try:
        return str(json.loads(services.storage.get(_checked_key(edition)))["inputs"])
    except (NotFound, ValueError, LookupError, TypeError):
        return ""  # unknown: looked into again


def _write_checked(services: Services, edition: Edition, inputs: str) -> None:
    body = json.dumps({"inputs": inputs, "revision": edition.revision}).encode()
    services.storage.put(_checked_key(edition), body, editions.JSON)
