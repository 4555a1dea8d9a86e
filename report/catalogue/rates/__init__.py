"""The county cancer study: cases by people, county by county.

The study has no dates: a month's report says how it stood when that was built. So nobody is mailed the same
figures each day, and the months show what was corrected in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

from report.catalogue import Ingredients
from report.catalogue.rates.study import FILE, County, Study, read_study
from report.histogram import histogram
from report.values import Block, Column, Kind, Note, Period, Report, Section, Span, Table
from report.words import count_of

TITLE = "County Cancer Rates"
SPANS = (Span.MONTH,)
NEEDS = f"{FILE}, with the columns cancer and population, in {{source}}"
_TOP = 10
_PEOPLE = tuple(Column(name, Kind.COUNT) for name in ("Cancer", "Population"))
_COLUMNS = (Column("Row", Kind.RANK), *_PEOPLE, Column("Rate", Kind.DECIMAL))


def results(_: Period) -> Mapping[str, str]:
    """Return what is laid for others, under the same names each time: the study as it stands."""
    return {name: name for name in ("rates.csv", "histogram.png", "histogram-chart.html")}


def build(ingredients: Ingredients, period: Period) -> Report:
    """Return the study's rates; raise `BuildError` for a file that is none, and `StorageError`."""
    study = read_study(ingredients.source)
    rates = [county.rate for county in study.counties]
    cancer, population = (
        sum(getattr(one, name) for one in study.counties) for name in ("cancer", "population")
    )
    lowest, highest, mean = min(rates), max(rates), fmean(rates)
    figures = {"lowest": lowest, "median": median(rates), "mean": mean, "highest": highest}
    left_out = f"; {count_of(len(study.left_out), 'row')} left out" if study.left_out else ""
    return Report(
        name="rates",
        title=TITLE,
        period=period,
        headline=f"{mean:.6f} cases a person on average in {len(rates):,} counties, "
        f"from {lowest:.6f} to {highest:.6f}{left_out}.",
        sections=tuple(_sections(study, {**figures, "all counties together": cancer / population})),
        data={"rates": {"rows": len(rates), "left_out": len(study.left_out), **figures}},
        totals={"counties": len(rates), "cases of cancer": cancer, "people": population},
    )


def _sections(study: Study, figures: Mapping[str, float]) -> Iterable[Section]:
    ranked = sorted(study.counties, key=lambda county: (-county.rate, county.row))
    title = f"Mean {figures['mean']:.6f}, median {figures['median']:.6f}"
    columns = Column("Figure", Kind.WORD), Column("Rate", Kind.DECIMAL)
    rows = tuple((name.capitalize(), value) for name, value in figures.items())
    yield Section("The figures", (Table("figures", "Rates: cases of cancer a person", columns, rows),))
    shape = histogram(title, "rate", "counties", [county.rate for county in study.counties])
    yield Section("How the rates lie", shape, spare=1)
    yield Section("Highest", (_table("highest", "The highest rates", ranked[:_TOP]),), spare=2)
    yield Section("Lowest", (_table("lowest", "The lowest rates", ranked[: -_TOP - 1 : -1]),), spare=2)
    yield Section("How this was counted", _small_print(study))


def _table(slug: str, title: str, counties: Sequence[County], shown: int = _TOP, empty: str = "") -> Table:
    rows = tuple((one.row, one.cancer, one.population, one.rate) for one in counties)
    return Table(slug, title, _COLUMNS, rows, shown=shown, empty=empty)


def _small_print(study: Study) -> tuple[Block, ...]:
    columns = Column("Line", Kind.RANK), Column("What is wrong", Kind.WORD)
    said = (
        f"A rate is a row's cancer divided by its population, whole numbers that {FILE} has for each county. "
        "The study has no dates: this is how it stood when the report was built."
    )
    every = f"Each county with its rate, in the order of {FILE}:"
    nothing = f"No row of {FILE} was left out."
    left_out = Table(
        "left-out", f"Left out of {FILE}", columns, tuple(study.left_out), empty=nothing, shown=_TOP
    )
    return Note((said,)), _table("rates", "Each county", study.counties, 0, every), left_out
