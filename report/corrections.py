"""What a later revision of an edition corrects: told at its top, against what the one before froze."""

from collections.abc import Iterator
from dataclasses import replace

from report.editions import Edition
from report.values import Note, Report, Section
from report.words import cut, isolated, ordinal, percent


def corrected(report: Report, before: Edition | None, revision: int) -> Report:
    """Return the report as `revision`, beginning with what it corrects; as it is where nothing went before.

    The same report after the same edition is corrected in the same words.
    """
    if before is None:
        return report
    is_same_day = before.zone == report.period.zone.key
    moves = (*_ranking(before, report), *_totals(before, report)) if is_same_day else ()
    said = Note((_reason(before, report, revision), *moves))
    froze = {"revision": before.revision, "ranking": list(before.ranking), "totals": dict(before.totals)}
    return replace(
        report,
        sections=(Section("What changed since the version before", (said,)), *report.sections),
        data={**report.data, "corrects": {**froze, "coverage": before.coverage}},
    )


def top_changed(before: Edition, after: Edition) -> bool:
    """Whether the first ten of the same hours are others or in another order; False if not frozen."""
    return _is_known(before) and before.zone == after.zone and before.ranking != after.ranking


def _is_known(before: Edition) -> bool:
    """Whether the first ten were frozen, be it that there were none: editions of old have no such field."""
    return bool(before.ranking) or before.coverage is not None


def _reason(before: Edition, report: Report, revision: int) -> str:
    now = report.period.zone.key
    then = f"since version {before.revision} was made"
    why = f"{then}, data came in late or was corrected, or the report is made otherwise"
    if before.zone != now:
        why = f"version {before.revision} was of other hours, those of {before.zone}; this one is of {now}"
    return f"This is version {revision}: {why}. Version {before.revision} stays as it was."


def _ranking(before: Edition, report: Report) -> Iterator[str]:
    """The moves within the first ten, in one sentence; nothing for a report without them."""
    then, now = before.ranking, report.ranking
    if not _is_known(before) or not (then or now):
        return
    moved = [f"{_shown(name)} {_place(now, name)} ({_place(then, name)})" for name in now]
    moved = [said for said, name in zip(moved, now, strict=True) if _at(now, name) != _at(then, name)]
    gone = [f"{_shown(name)} no longer ({_place(then, name)})" for name in then if name not in now]
    if moved or gone:
        yield f"Among the first {max(len(then), len(now))}, before in brackets: {', '.join([*moved, *gone])}."
    else:
        yield f"The first {len(now)} are the same, in the same order."


def _totals(before: Edition, report: Report) -> Iterator[str]:
    """The totals that are others now, and the coverage."""
    said = [
        f"{name} {number:,} ({before.totals[name]:,})"
        for name, number in report.totals.items()
        if name in before.totals and before.totals[name] != number
    ]
    if report.coverage is not None and before.coverage is not None and report.coverage != before.coverage:
        said.append(f"minutes observed {percent(report.coverage)} ({percent(before.coverage)})")
    if said:
        yield f"In all, before in brackets: {', '.join(said)}."
    elif before.totals:
        yield "The totals are the same."


def _at(ranking: tuple[str, ...], name: str) -> int | None:
    return ranking.index(name) if name in ranking else None


def _place(ranking: tuple[str, ...], name: str) -> str:
    at = _at(ranking, name)
    return "not among them" if at is None else ordinal(at + 1)


def _shown(name: str) -> str:
    return isolated(cut(name))
