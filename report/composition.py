"""The one place where settings become working parts."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from report.contacts import topic_name
from report.cron import Cron
from report.domain_records import DomainRecords
from report.engine import Engine
from report.errors import BadKey, SettingsError
from report.mail import Sender
from report.report_places import RESULTS, SOURCES, place_of
from report.services import Services
from report.setting_rules import StorageUrl
from report.settings import Settings
from report.signs import Metrics, Ping, WebCounts
from report.storage import Storage
from report.topics import Topic, TopicFamily

if TYPE_CHECKING:
    from report.adapters.dkim_signer import DkimSigner
    from report.adapters.duckdb_history import DuckDBHistory
    from report.adapters.duckdb_lake import DuckDBLake
    from report.adapters.duckdb_workroom import Workroom
    from report.adapters.s3_buckets import S3Buckets
    from report.adapters.sns_topics import SnsTopics
    from report.hashtag_keeping import Keeper
    from report.publishing.publishing import Place
    from report.publishing.statics import Statics


def services_from_environ() -> Services:
    """Return the services the environment and `.env` ask for; raise `SettingsError`."""
    from report.setting_file import setting_file

    for name, value in setting_file(Path(".env")).items():
        os.environ.setdefault(name, value)  # boto3 reads AWS_… by itself
    return services_from(Settings.from_environ(os.environ))


def services_from(settings: Settings) -> Services:
    """Return the services these settings ask for; nothing is connected yet."""
    storage = _storage(settings.storage_url, settings)
    return Services(
        settings=settings,
        storage=storage,
        engine=lambda: _engine(storage, settings),
        history=lambda: history_of(storage, settings),
        sender=lambda: _sender(settings),
        topic=lambda: _topic(settings.alert_topic),
        here=lambda: _here(settings.cache_dir),
        metrics=lambda: _metrics(settings.metrics_namespace),
        ping=lambda: _ping(settings.ping_url),
        source=lambda name: _place(settings, settings.report_sources, SOURCES, name),
        results=lambda name: _place(settings, settings.report_results, RESULTS, name),
        statics=statics_of_pages,
        departments=lambda: _departments(settings),
    )


def lake_of(services: Services) -> "DuckDBLake":
    """Return what compacts the services' storage."""
    from report.adapters.duckdb_lake import DuckDBLake

    return DuckDBLake(services.storage, _workroom(services.settings))


def hashtags_of(services: Services) -> "Keeper":
    """Return what keeps the histories of the settings' zone's hashtags."""
    from report.adapters.duckdb_hashtags import DuckDBHashtags
    from report.counts import CountingRules
    from report.hashtag_keeping import Keeper

    settings = services.settings
    rules = CountingRules(settings.count_retweets)
    counts = DuckDBHashtags(services.storage, settings.timezone, rules, _workroom(settings))
    return Keeper(services.storage, settings.timezone.key, rules.retweets, counts)


def topics_of(settings: Settings) -> "SnsTopics":
    """Return what makes topics: in the region of ALERT_TOPIC, or in boto3's own where there is none yet."""
    from report.adapters.sns_client import sns_client
    from report.adapters.sns_topics import SnsTopics

    return SnsTopics(sns_client(_region(settings.alert_topic)))


def department_topics_of(settings: Settings) -> TopicFamily | None:
    """Return the departments' topics: of DEPARTMENT_TOPICS, or files beside mail that goes into a folder."""
    if begins := settings.department_topics.begins:
        from report.adapters.sns_client import sns_client
        from report.adapters.sns_topic_family import SnsTopicFamily

        return SnsTopicFamily(sns_client(_region(begins)), begins)
    folder = settings.department_topics.folder
    if folder is None and settings.smtp_url.folder is not None:
        folder = settings.smtp_url.folder / "departments"
    if folder is None:
        return None
    from report.adapters.folder_topics import FolderTopicFamily

    return FolderTopicFamily(folder)


def signer_of(settings: Settings) -> "DkimSigner | None":
    """Return what signs mail for the sender's domain, where a key is set; raise `SettingsError`."""
    if not settings.dkim_key:
        return None
    from report.adapters.dkim_signer import DkimSigner
    from report.addresses import mailbox

    return DkimSigner(settings.dkim_key, settings.dkim_selector, mailbox(settings.mail_from).domain)


def domain_records(server: str = "") -> DomainRecords:
    """Return what asks DNS, by the name server at `server` (ADDRESS[:PORT]) or by the system's own."""
    from report.adapters.dns_records import DnsRecords, resolver_at

    address, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
    return DnsRecords(lambda: resolver_at(address, port))


def cron_of_host() -> Cron:
    """Return what this host's cron is told to do."""
    from report.adapters.host_cron import cron_of_this_host

    return cron_of_this_host()


def site_of(settings: Settings) -> "Place":
    """Return where the website lies; raise `SettingsError` where that is among what others must not read."""
    from report.adapters.s3_client import check_bucket_name, s3_client
    from report.adapters.site_places import folder_place, s3_place
    from report.publishing.apart import check_apart, private_places
    from report.publishing.site import Access

    where, address = settings.site_url, settings.site_address and f"{settings.site_address}/"
    for name, place in private_places(settings):
        check_apart(where, place, name)
    if where.folder is not None:
        return folder_place(where.folder, address)
    try:
        check_bucket_name(where.bucket)
    except BadKey as error:
        raise SettingsError(f"wrong settings:\n  SITE_URL: {error}") from error
    return s3_place(s3_client(False), where.bucket, where.prefix, Access(settings.site_access), address)


def statics_of_pages() -> "Statics":
    """Return what every page loads; raise `PublishError`."""
    from report.adapters.page_scripts import read_statics

    return read_statics()


def history_of(storage: Storage, settings: Settings) -> "DuckDBHistory":
    """Return what counts and remembers the days of the settings' zone."""
    from report.adapters.duckdb_history import DuckDBHistory
    from report.counts import CountingRules
    from report.trends import Parameters

    parameters = Parameters(
        settings.trend_half_life_days,
        settings.trend_floor,
        settings.trend_least_tweets,
        settings.trend_least_authors,
    )
    return DuckDBHistory(
        storage,
        lambda: _engine(storage, settings),
        settings.timezone,
        CountingRules(settings.count_retweets),
        parameters,
        _workroom(settings),
    )


def storage_at(settings: Settings, where: StorageUrl, acl: str = "") -> Storage:
    """Return a place in S3 as storage, with the settings' credentials; raise `BadKey` for a bad bucket name.

    What is put there gets the canned ACL `acl`, such as "public-read", where one is given.
    """
    from report.adapters.s3_storage import S3Storage, s3_client

    return S3Storage(s3_client(settings.storage_anonymous), where.bucket, where.prefix, acl=acl)


def buckets_of(settings: Settings) -> "S3Buckets":
    """Return the buckets of the account whose credentials the settings give."""
    from report.adapters.s3_buckets import S3Buckets
    from report.adapters.s3_storage import s3_client

    return S3Buckets(lambda region: s3_client(settings.storage_anonymous, region=region))


def _workroom(settings: Settings) -> "Workroom":
    from report.adapters.duckdb_workroom import MIB, Workroom

    return Workroom(settings.memory_limit_mb * MIB)


def _engine(storage: Storage, settings: Settings) -> Engine:
    if settings.engine == "athena":
        return _athena_engine(storage, settings)
    from report.adapters.duckdb_engine import DuckDBEngine

    return DuckDBEngine(storage, _workroom(settings))


def _athena_engine(storage: Storage, settings: Settings) -> Engine:
    from report.adapters.athena_client import athena_client
    from report.adapters.athena_engine import GB, AthenaEngine, Workplace

    workplace = Workplace(settings.athena_workgroup, settings.athena_database, settings.athena_output)
    return AthenaEngine(athena_client(), storage, workplace, limit_bytes=settings.athena_limit_gb * GB)


def _sender(settings: Settings) -> Sender:
    from report.adapters.folder_sender import FolderSender
    from report.adapters.smtp_sender import SmtpSender, connector

    url = settings.smtp_url
    if url.folder is not None:
        return FolderSender(url.folder)
    connect = connector(url, settings.smtp_password)
    return SmtpSender(connect, settings.mail_per_connection, signer_of(settings) or bytes)


def _topic(arn: str) -> Topic:
    from report.adapters.sns_client import sns_client
    from report.adapters.sns_topic import SnsTopic

    return SnsTopic(sns_client(_region(arn)), arn)


def _region(arn: str) -> str | None:
    return arn.split(":")[3] if arn else None


def _here(cache_dir: Path) -> Storage:
    from report.adapters.directory_storage import DirectoryStorage

    return DirectoryStorage(cache_dir / "this-host")


def _metrics(namespace: str) -> Metrics:
    from report.adapters.cloudwatch_metrics import CloudWatchMetrics, cloudwatch_client

    return CloudWatchMetrics(cloudwatch_client(), namespace)


def web_counts_of(settings: Settings) -> WebCounts | None:
    """Return what the web server of this machine counted, None where none runs; raise `SignError`."""
    from report.adapters.web_counts import web_counts

    return web_counts(settings.port)


def _ping(url: str) -> Ping:
    from report.adapters.http_ping import ping

    return lambda: ping(url)


def _storage(where: StorageUrl, settings: Settings, variable: str = "STORAGE_URL") -> Storage:
    if where.folder is not None:
        return _directory_storage(where.folder, settings)
    return _s3_storage(where, settings, variable)


def _place(settings: Settings, said: Iterable[tuple[str, StorageUrl]], kind: str, name: str) -> Storage:
    where = place_of(settings.storage_url, dict(said), kind, name)
    return _storage(where, settings, f"REPORT_{kind.upper()}")


def _departments(settings: Settings) -> Callable[[str], Topic] | None:
    family = department_topics_of(settings)
    return (lambda name: family.topic(topic_name(name))) if family else None


def _directory_storage(folder: Path, settings: Settings) -> Storage:
    from report.adapters.directory_storage import DirectoryStorage
    from report.links import LinkSigner

    signer = LinkSigner(settings.secret_key) if settings.secret_key else None
    return DirectoryStorage(folder, signer, settings.public_url)


def _s3_storage(where: StorageUrl, settings: Settings, variable: str) -> Storage:
    from report.adapters.file_cache import FileCache
    from report.adapters.s3_storage import S3Storage, check_bucket_name, s3_client

    try:
        check_bucket_name(where.bucket)
    except BadKey as error:
        raise SettingsError(f"wrong settings:\n  {variable}: {error}") from error
    client = s3_client(settings.storage_anonymous)
    cache = FileCache(settings.cache_dir, settings.cache_mb * 1024 * 1024) if settings.cache_mb else None
    return S3Storage(client, where.bucket, where.prefix, cache=cache)
