"""The trends of a week: which hashtags it was about, and what became of them since the week before."""

from report.catalogue.trends.charts import languages_chart
from report.catalogue.trends.known import spellings_table
from report.catalogue.trends.tables import TOP, totals_table, used
from report.catalogue.trends.week.course import course_table, days_chart, days_table
from report.catalogue.trends.week.data import data_of
from report.catalogue.trends.week.tables import fallers_table, risers_table, top_table
from report.catalogue.trends.week.wording import headline, rules_note
from report.history import Counted
from report.values import Report, Section


def describe_week(title: str, week: Counted) -> Report:
    """Return the report of a counted week; what only a day can be told of is left out."""
    totals = week.counts.totals
    news = _news(week) if totals.counted else ()
    return Report(
        name="trends",
        title=title,
        period=week.counts.period,
        headline=headline(week),
        sections=(*news, Section("How this was counted", (totals_table(week.counts), rules_note(week)))),
        data=data_of(week),
        coverage=totals.observed_share,
        is_empty=not totals.tweets,
        ranking=tuple(f"#{one.tag}" for one in used(week)[:TOP]),
        totals={"tweets": totals.counted, "authors": totals.authors},
    )


def _news(week: Counted) -> tuple[Section, ...]:
    """Return the news in reading order; a mail too large goes without the highest `spare` first."""
    course = days_chart(week), days_table(week), course_table(week)
    return (
        Section("Top 10", (top_table(week),)),
        Section("What rose", (risers_table(week),)),
        Section("What fell", (fallers_table(week),)),
        Section("The week's course", course, spare=1),
        Section("Spellings", (spellings_table(week),), spare=3),
        Section("Languages", (languages_chart(week.counts),), spare=2),
    )
