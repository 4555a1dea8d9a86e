"""Where things lie in storage.

raw/dt=2026-11-20/hour=13/20261120T130500Z-<feed>.json   one tweet as received; the slot is a minute, UTC
raw/dt=2026-11-20/hour=13/<name>.jsonl[.gz|.zst]         bulk imports: one JSON document a line
recent/dt=2026-11-20/hour=13.parquet                     a closed hour of the day that is open
tweets/dt=2026-11-20/day.parquet                         a closed UTC day: parsed, each tweet once
tweets/dt=2026-11-20/_refused.json                       what was refused of that day, where and why
counts/<zone>/2026-11-20.parquet                         a closed day of the zone: a row a hashtag
state/<zone>/2026-11-20.json                             what is known of each hashtag up to that day: its
state/<zone>/2026-11-20-<sha256>.parquet                 manifest, and the rows
weeks/<zone>/2026-W47.parquet                            a closed week of the zone, as counts/ has days
hashtags/<zone>/<00 to 3f>.json                          the history of a share of the hashtags
hashtags/<zone>/days.json                                which counted days are in them
unplaced/<name>.jsonl.zst                                an import without a single tweet to tell its hour
editions/<report>/<period>/r1/<file>                     a frozen edition; manifest.json is written last;
                                                         periods are named in report/periods.py
editions/<report>/latest.json                            which day's edition is the newest
drafts/<report>/<minute>/<file>                          today so far; drafts/<report>/latest.json names it
subscribers/<reader>.json                                who gets which report, and when; a reader is a hash
suppressed/<reader>.json                                 who wants no more mail: no address
confirmations/waiting/<time>-<id>.json                   a wish to subscribe, until its mail is sent
confirmations/sent/<reader>.json                         who was asked lately
ledger/<report>/<period>/<reader>.json                   what became of a mail
ledger/hosts/<host>.json                                 when a host last mailed all that was due
alerts/<alarm>.json                                      what is wrong since when, and who was told
told/<report>/<period>/<hash>.json                       what departments were told of a report
sites/<hash of SITE_URL>.json                            what a website shows, and what was sent there
leases/<name>.json                                       who is doing what only one may do at a time
"""

from datetime import date, datetime


def raw_hour(hour: datetime) -> str:
    """Return the prefix of the raw objects seen in the UTC hour that starts at `hour`."""
    return f"raw/dt={hour:%Y-%m-%d}/hour={hour:%H}/"


def raw_day(day: date) -> str:
    """Return the prefix of the raw objects seen on the UTC day `day`."""
    return f"raw/dt={day.isoformat()}/"


def recent_day(day: date) -> str:
    """Return the prefix of the compacted hours of the UTC day `day`."""
    return f"recent/dt={day.isoformat()}/"


def recent_hour(hour: datetime) -> str:
    """Return the key of the compacted UTC hour that starts at `hour`."""
    return f"{recent_day(hour.date())}hour={hour:%H}.parquet"


def whole_day(day: date) -> str:
    """Return the key of the compacted UTC day `day`."""
    return f"tweets/dt={day.isoformat()}/day.parquet"


def refused_of_day(day: date) -> str:
    """Return the key that tells what compaction refused of the UTC day `day`, its open hours among it."""
    return f"tweets/dt={day.isoformat()}/_refused.json"


def raw_slot(minute: datetime, feed: str) -> str:
    """Return the key of the one tweet the feed named `feed` gave in the UTC minute `minute`."""
    return f"{raw_hour(minute)}{minute:%Y%m%dT%H%M}00Z-{feed}.json"


def unplaced(name: str) -> str:
    """Return the key of what was imported from a file that holds no tweet; no report reads it."""
    return f"unplaced/{name}"


def ledger_periods(report: str) -> str:
    """Return the folder whose names are the periods of a report that mails were claimed of."""
    return f"ledger/{report}/"


def ledger_entry(report: str, period_id: str, reader: str) -> str:
    """Return the key of the ledger's entry for one reader's mail; `reader` is the address's hash."""
    return f"ledger/{report}/{period_id}/{reader}.json"


def counted_days(zone: str) -> str:
    """Return the prefix of the counts of the zone named `zone`, such as Europe/Paris."""
    return f"counts/{zone}/"


def counted_day(zone: str, day: date) -> str:
    """Return the key of the counts of a closed day of the zone."""
    return f"{counted_days(zone)}{day.isoformat()}.parquet"


def counted_week(zone: str, week: str) -> str:
    """Return the key of the counts of a closed week of the zone, named as periods are."""
    return f"weeks/{zone}/{week}.parquet"


def known_day(zone: str, day: date) -> str:
    """Return the name, without its ending, of what is known of the zone's hashtags up to a day."""
    return f"state/{zone}/{day.isoformat()}"


def hashtag_shard(zone: str, number: int) -> str:
    """Return the key of the histories of a share of the zone's hashtags."""
    return f"hashtags/{zone}/{number:02x}.json"


def hashtag_index(zone: str) -> str:
    """Return the key of what says which counted days the histories of the zone's hashtags hold."""
    return f"hashtags/{zone}/days.json"
