"""The trends report: which hashtags a period was about, which really rose or fell, what is known of them."""

from collections.abc import Iterable

from report.catalogue import Ingredients
from report.values import Period, Report, Span

TITLE = "Twitter Trends"
SPANS = (Span.SO_FAR, Span.DAY, Span.WEEK)
NEEDS = "tweets, which python -m collector fetches, imports or makes up"


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the trends of a day beside all that is known of earlier days, or of a week beside the last.

    Raise `NotBegun`, `EngineError`, `StorageError`.
    """
    from report.catalogue.trends import describing  # all that counts, which no door needs for the title

    return describing.build(ingredients, period)


def prepare(ingredients: Ingredients, period: Period) -> Iterable[str]:
    """Yield what the report reads, made right first; raise `NotBegun`, `EngineError`, `StorageError`."""
    from report.catalogue.trends import describing

    return describing.prepare(ingredients, period)
