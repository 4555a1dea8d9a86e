"""What the catalogue's other reports are made from, in words that fit nowhere."""

import json
from pathlib import Path

MONTH, DAY = "2026-10", "2026-11-20"
_HOSTILE = "<script>alert(1)</script>"
_LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"
_SERVICES = (
    "Trash Collection: Missed Recycling, Yard Waste or Bulky Item Pick-up (72 hours)",
    _LONG_WORD,
    "طلب إصلاح الطريق",
    "街路樹の剪定街路樹の剪定街路樹の剪定",
    _HOSTILE,
    *(f"Service {number}" for number in range(30)),
)
_TOPICS = (("#AreYouFree", None), (_LONG_WORD, 1_234_567), (_HOSTILE, 3), ("يوم_الجمعه", 98_211))


def lay_sources(folder: Path) -> None:
    """Write the sources of rates, requests and topics below `folder`, which is sources/ of a storage."""
    _lay(folder / "rates" / "cancer.csv", _study())
    for month, times in (("sep", 1), ("oct", 3)):
        _lay(folder / "requests" / f"2026_{month}_1.csv", _requests(month, times))
    _lay(folder / "requests" / "2026_oct_2.csv", "id;what\n1;2\n")
    thresholds = f"{_SERVICES[1]},Department of {_LONG_WORD} and All Else,5\n{_SERVICES[0]},Streets,9\nX,,1\n"
    _lay(folder / "requests" / "thresholds.csv", f"service_name,department,threshold\n{_quoted(thresholds)}")
    for woeid, place, topics in (
        (1, "Worldwide", _TOPICS),
        (44418, "London", ()),
        (455827, _LONG_WORD, _TOPICS),
    ):
        answer = _answer(woeid, place, topics)
        _lay(folder / "topics" / f"dt={DAY}" / f"130500Z-{woeid}-a.json", answer)
    _lay(folder / "topics" / f"dt={DAY}" / "140500Z-1-b.json", "{broken")


def _lay(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _quoted(lines: str) -> str:
    return lines.replace(_SERVICES[0], f'"{_SERVICES[0]}"')


def _study() -> str:
    rows = [(people // 300 + people % 97, people) for people in range(4_000, 250_000, 3_900)]
    return "cancer,population\nfew,900\n7,0\n" + "".join(f"{cases},{people}\n" for cases, people in rows)


def _requests(month: str, times: int) -> str:
    lines = ["service_request_id,date_requested,service_name"]
    for place, service in enumerate(_SERVICES):
        each = times * max(1, 40 - place)
        lines += [
            f'{place}-{at},2026-{9 if month == "sep" else 10:02}-{at % 28 + 1:02},"{service}"'
            for at in range(each)
        ]
    return "\n".join(lines)


def _answer(woeid: int, place: str, topics: tuple[tuple[str, int | None], ...]) -> str:
    trends = [{"name": name, "tweet_volume": volume} for name, volume in topics]
    at = f"{DAY}T13:00:00Z"
    return json.dumps([{"trends": trends, "as_of": at, "locations": [{"name": place, "woeid": woeid}]}])
