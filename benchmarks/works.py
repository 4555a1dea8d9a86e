"""The works there are. A new one is a function here, or in a module of its own, and a line in `WORKS`."""

from collections.abc import Callable, Mapping
from functools import partial

from benchmarks import day_pandas
from benchmarks.corpus import day_of_copies, day_of_lines, day_of_objects
from benchmarks.counted import counted_days
from benchmarks.work import OURS, PeakMemory, Scale, TimesAsLong, Way, Work

_COUNT = "benchmarks.day:ours"
_PEERS = ("msgspec", "chdb", "polars")
_LARGEST, _COPIES = 10_000_000, 10


def day(scale: Scale) -> Work:
    """The day's counts from raw tweets."""
    count = scale.of(1_000_000)
    data = day_of_lines(count, root=scale.root)
    ruled = partial(Way, data=data, tweets=count)
    loose = partial(ruled, agrees=False)
    sixth = "`read_json` of a sixth, scaled up; hashtags alone, no rules"
    return Work(
        title=f"The day's counts from {count:,} raw tweets",
        about="JSON lines, an object an hour. Who gives the same answer follows the same rules.",
        ways=[
            ruled(OURS, "the whole count of a report", _COUNT),
            loose("bare scan", "DuckDB, the same columns, no rules", "benchmarks.day:bare"),
            loose("narrow scan", "DuckDB, four columns, no rules", "benchmarks.day:narrow"),
            *(ruled(name, "all cores", f"benchmarks.day_{name}:count", needs=name) for name in _PEERS),
            loose("pandas", sixth, "benchmarks.day_pandas:count", share=day_pandas.share(data)),
        ],
        goals=[
            TimesAsLong(OURS, "bare scan", at_most=1.6),
            *(TimesAsLong(name, OURS, at_least=1) for name in _PEERS),
            TimesAsLong("pandas", OURS, at_least=30),
            PeakMemory(OURS, at_most=350),
        ],
    )


def compressed(scale: Scale) -> Work:
    """The same from compressed files."""
    count = scale.of(1_000_000)
    ways = {"plain": "jsonl", "zst": "zst", "gz": "gz"}
    return Work(
        title=f"The same from compressed files, {count:,} tweets",
        about="zstd at level 3, gzip at level 6, a file an hour.",
        ways=[
            Way(name, f"the whole count, from {form}", _COUNT, day_of_lines(count, form, scale.root), count)
            for name, form in ways.items()
        ],
        goals=[TimesAsLong("zst", "plain", at_most=1.5), TimesAsLong("gz", "plain", at_most=2.2)],
    )


def files(scale: Scale) -> Work:
    """The day's counts where each tweet lies in a file of its own."""
    count = scale.of(10_000)
    data = day_of_objects(count, scale.root)
    naive = "`json.loads`, `pandas.json_normalize` file by file, `concat`; hashtags alone"
    lean = "`json.loads`, one frame of two fields; hashtags alone"
    return Work(
        title=f"The day's counts from {count:,} one-tweet files",
        about="Plain tweets, as a feed gives them, so that the other ways are right without any rule.",
        ways=[
            Way(OURS, "the whole count of a report", "benchmarks.one_by_one:ours", data, count),
            Way("naive", naive, "benchmarks.one_by_one:naive", data, count),
            Way("lean", lean, "benchmarks.one_by_one:lean", data, count),
        ],
        goals=[TimesAsLong("naive", OURS, at_least=50)],
    )


def compaction(scale: Scale) -> Work:
    """One Parquet file made of a day's raw tweets."""
    count = scale.of(1_000_000)
    a_way = partial(Way, data=day_of_lines(count, root=scale.root), tweets=count)
    no_rules = "DuckDB, what stands on top, no rules"
    return Work(
        title=f"Compaction of a day, {count:,} tweets",
        about="From JSON lines to one Parquet file, zstd, sorted. The same answer means the same rows.",
        ways=[
            a_way(OURS, "as cron does it", "benchmarks.compacting:ours"),
            a_way("bare", "DuckDB, the same rows", "benchmarks.compacting:bare"),
            a_way("loose", no_rules, "benchmarks.compacting:loose", agrees=False),
        ],
        goals=[TimesAsLong(OURS, "bare", at_most=1.5)],
    )


def growth(scale: Scale) -> Work:
    """How time and memory grow with the day."""
    sizes = [scale.of(size) for size in (10_000, 100_000, 1_000_000)]
    days = {size: day_of_lines(size, root=scale.root) for size in sizes}
    goals: list[PeakMemory] = []
    if scale.with_largest:
        largest = scale.of(_LARGEST)
        days[largest] = day_of_copies(largest // _COPIES, _COPIES, scale.root)  # plain, it would be 32 GB
        goals.append(PeakMemory(f"{largest:,} tweets", at_most=1024))
    return Work(
        title="How the day's counts grow",
        about="The whole count of a report, of days of several sizes.",
        ways=[
            Way(f"{size:,} tweets", f"from {path.name}", _COUNT, path, size, agrees=False)
            for size, path in days.items()
        ],
        goals=goals,
    )


def history(scale: Scale) -> Work:
    """The daily report from counted days, whatever is known of earlier ones."""
    days = max(2, scale.of(365))
    build = "benchmarks.history:build"
    return Work(
        title=f"A day's report from its counts, {days} days known beside one",
        about="137,000 tweets a day: counts and what is known read, described, rendered; nothing is counted.",
        ways=[
            Way("1 day", "one day is known before it", build, counted_days(1, scale.root), 0),
            Way(f"{days} days", "the same", build, counted_days(days, scale.root), 0, agrees=False),
        ],
        goals=[TimesAsLong(f"{days} days", "1 day", at_most=1.2)],
        rounds=5,
    )


WORKS: Mapping[str, Callable[[Scale], Work]] = {
    "day": day,
    "compressed": compressed,
    "files": files,
    "compaction": compaction,
    "growth": growth,
    "history": history,
}
