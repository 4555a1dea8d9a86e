"""Rules for charts that answer to the pointer."""

import json
from dataclasses import replace

import pytest

from report.rendering.interactive import draw_interactive
from report.rendering.picture import axis_ticks, draw_picture
from report.values import ChartKind, ChartSpec, Series


def test_a_gap_stays_a_gap() -> None:
    """BokehJS takes null for 0: what was not observed would be drawn as nothing used."""
    series = Series("this week", (3.0, None)), Series("the week before", (None, 2.0))
    chart = ChartSpec("days", "Busiest", ChartKind.COLUMNS, "day", "tweets", ("Mon", "Tue"), series)
    for item in map(json.loads, draw_interactive(chart)):
        drawn = dict(sources_of(item))

        assert drawn["value"] == [3.0, {"type": "number", "value": "nan"}]
        assert drawn["compared"] == [{"type": "number", "value": "nan"}, 2.0]


def test_a_histogram_names_the_edges_between_its_columns() -> None:
    """On the page and in its picture, where too many edges would run into each other."""
    edges = tuple(f"{number / 1000}" for number in range(15))
    labels = tuple(f"from {edge}" for edge in edges[:-1])
    chart = ChartSpec(
        "h", "H", ChartKind.COLUMNS, "rate", "rows", labels, (Series("rows", (1.0,) * 14),), "", edges
    )

    assert [*axis_ticks(chart).items()][:2] == [(-0.5, "0.0"), (0.5, "0.001")]
    assert b'[-0.5,"0.0"],[0.5,"0.001"]' in draw_interactive(chart)[0]
    assert draw_picture(chart).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="14 edges about 14 labels"):
        replace(chart, edges=edges[1:])


def test_a_long_label_leaves_room_for_its_bar() -> None:
    """Cut on the axis of a telephone's width, whatever its script; whole where the pointer is, even twice."""
    labels = (
        "Trash Collection: Missed Recycling",
        "街路樹の剪定街路樹の剪定街路樹の剪定",
        "Potholes",
        "Potholes",
    )
    series = (Series("requests", (4.0, 3.0, 2.0, 1.0)),)
    chart = ChartSpec("s", "S", ChartKind.BARS, "service", "requests", labels, series)
    light = draw_interactive(chart)[0].decode()

    assert '[0,"Trash Collection: Misse…"]' in light
    assert '[1,"街路樹の剪定街路樹の剪…"],[2,"Potholes"],[3,"Potholes"]' in light
    assert dict(sources_of(json.loads(light)))["label"] == list(labels)


def sources_of(item: object) -> list[tuple[str, object]]:
    """Return the named columns of the item, however deep they lie."""
    if isinstance(item, dict):
        entries = item["entries"] if item.get("type") == "map" else []
        return [(name, values) for name, values in entries if isinstance(name, str)] + [
            found for part in item.values() for found in sources_of(part)
        ]
    return [found for part in item for found in sources_of(part)] if isinstance(item, list) else []
