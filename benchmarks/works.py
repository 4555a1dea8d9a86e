"""The works there are. A new one is a function here, or in a module of its own, and a line in `WORKS`."""

from collections.abc import Callable, Mapping

from benchmarks import day_pandas
from benchmarks.corpus import day_of_lines, day_of_objects
from benchmarks.work import OURS, PeakMemory, Scale, TimesAsLong, Way, Work


def day(scale: Scale) -> Work:
    """The day's counts from raw tweets."""
    count = scale.of(1_000_000, 20_000)
    data = day_of_lines(count)
    peers = ("msgspec", "chdb", "polars")
    return Work(
        title=f"The day's counts from {count:,} raw tweets",
        about="JSON lines, an object an hour. All who give the same answer follow all rules.",
        ways=[
            Way(OURS, "the whole count of a report", "benchmarks.day:ours", data),
            Way("bare scan", "DuckDB, the same columns, no rules", "benchmarks.day:bare", data, agrees=False),
            Way("narrow scan", "DuckDB, four columns, no rules", "benchmarks.day:narrow", data, agrees=False),
            *(
                Way(name, f"{name}, all cores", f"benchmarks.day_{name}:count", data, needs=name)
                for name in peers
            ),
            Way(
                "pandas",
                "`read_json` of a sixth, scaled up; hashtags alone, no rules",
                "benchmarks.day_pandas:count",
                data,
                share=day_pandas.share(data),
                agrees=False,
            ),
        ],
        goals=[
            TimesAsLong(OURS, "bare scan", at_most=1.6),
            *(TimesAsLong(name, OURS, at_least=1) for name in peers),
            TimesAsLong("pandas", OURS, at_least=30),
            PeakMemory(OURS, at_most=350),
        ],
    )


def files(scale: Scale) -> Work:
    """The day's counts where each tweet lies in a file of its own."""
    count = scale.of(10_000, 1_000)
    data = day_of_objects(count)
    return Work(
        title=f"The day's counts from {count:,} one-tweet files",
        about="Plain tweets, as a feed gives them, so that the other ways are right without any rule.",
        ways=[
            Way(OURS, "the whole count of a report", "benchmarks.ways:ours", data),
            Way(
                "naive",
                "open, `json.loads`, `pandas.json_normalize` file by file, `concat`; hashtags alone",
                "benchmarks.ways:naive",
                data,
            ),
            Way(
                "lean", "`json.loads`, one frame of two fields; hashtags alone", "benchmarks.ways:lean", data
            ),
        ],
        goals=[TimesAsLong("naive", OURS, at_least=50)],
    )


WORKS: Mapping[str, Callable[[Scale], Work]] = {"day": day, "files": files}
