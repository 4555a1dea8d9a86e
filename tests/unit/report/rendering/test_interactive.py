"""Rules for charts that answer to the pointer."""

import json

from report.rendering.interactive import draw_interactive
from report.values import ChartKind, ChartSpec, Series


def test_a_gap_stays_a_gap() -> None:
    """BokehJS takes null for 0: what was not observed would be drawn as nothing used."""
    series = Series("this week", (3.0, None)), Series("the week before", (None, 2.0))
    chart = ChartSpec("days", "Busiest", ChartKind.COLUMNS, "day", "tweets", ("Mon", "Tue"), series)
    for item in map(json.loads, draw_interactive(chart)):
        drawn = dict(sources_of(item))

        assert drawn["value"] == [3.0, {"type": "number", "value": "nan"}]
        assert drawn["compared"] == [{"type": "number", "value": "nan"}, 2.0]


def sources_of(item: object) -> list[tuple[str, object]]:
    """Return the named columns of the item, however deep they lie."""
    if isinstance(item, dict):
        entries = item["entries"] if item.get("type") == "map" else []
        return [(name, values) for name, values in entries if isinstance(name, str)] + [
            found for part in item.values() for found in sources_of(part)
        ]
    return [found for part in item for found in sources_of(part)] if isinstance(item, list) else []
