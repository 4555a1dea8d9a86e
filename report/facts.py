"""A day's facts besides its hashtags, as they are kept with its counts: what the engine answered, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from report.counts import CountingRules, languages_of
from report.engine import Answers, Row

BOTH = (CountingRules(retweets=True), CountingRules(retweets=False))
_BY_RULES = ("tweet_count", "hours", "languages")
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Facts:
    """The `Answers` about a day that were kept: those of `_BY_RULES`, and `document_count`."""

    rows: Mapping[str, list[Row]]

    def ask(self, name: str, parameters: Mapping[str, str | int | float] | None = None) -> list[Row]:
        """Return the rows that were kept."""
        return self.rows[_name(name, str((parameters or {}).get("retweets", "")))]

    def until(self, end: datetime) -> "Facts":
        """Return the facts of the quarters of an hour that were over at `end`; of authors none are known."""
        rows = dict(self.rows)
        for rules in BOTH:
            quarters = [row for row in self.ask("hours", _asked(rules)) if row["quarter"] + _QUARTER <= end]
            rows[_name("hours", rules.parameter)] = quarters
            rows[_name("tweet_count", rules.parameter)] = [_counted(quarters)]
        return Facts(rows)

    @classmethod
    def of(cls, rows: Mapping[str, list[Row]]) -> "Facts":
        """Return facts that say the same under both rules: what is not given is nothing."""
        both = {_name(name, one.parameter): rows.get(name, []) for name in _BY_RULES for one in BOTH}
        return cls({"document_count": rows.get("document_count", []), **both})

    def to_json(self) -> str:
        """Return the facts as JSON, the same for equal facts."""
        return json.dumps(self.rows, default=datetime.isoformat, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Return what `to_json` wrote; raise `ValueError` for what it did not."""
        rows = json.loads(text)
        try:
            kept = {name: rows[name] for name in _NAMES}
            for rules in BOTH:
                for row in kept[_name("hours", rules.parameter)]:
                    row["quarter"] = datetime.fromisoformat(row["quarter"])
        except (LookupError, TypeError) as error:
            raise ValueError(f"these are no facts of a day: {error!r}") from error
        return cls(kept)


def ask_facts(questions: Answers) -> Facts:
    """Return a window's facts, under both counting rules; raise `EngineError`."""
    rows = {"document_count": questions.ask("document_count")}
    for rules in BOTH:
        for name in _BY_RULES:
            rows[_name(name, rules.parameter)] = questions.ask(name, _asked(rules))
        known = languages_of(rows[_name("languages", rules.parameter)])  # others may hold anything
        rows[_name("languages", rules.parameter)] = [{"lang": code, "tweets": count} for code, count in known]
    return Facts(rows)


def _asked(rules: CountingRules) -> dict[str, str]:
    return {"retweets": rules.parameter}


def _name(question: str, retweets: str) -> str:
    return f"{question} {retweets} retweets" if retweets else question


def _counted(quarters: list[Row]) -> Row:
    tweets = sum(row["tweets"] for row in quarters)
    observed = sum(row["observed_minutes"] for row in quarters)
    return {"tweets": tweets, "retweets": 0, "counted": tweets, "authors": 0, "observed_minutes": observed}


_NAMES = ("document_count", *(_name(name, rules.parameter) for name in _BY_RULES for rules in BOTH))
