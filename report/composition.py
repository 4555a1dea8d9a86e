"""The one place where settings become working parts."""

import os
from dataclasses import dataclass
from pathlib import Path

from report.engine import Engine
from report.errors import BadKey, SettingsError
from report.mail import Sender
from report.settings import Settings, StorageUrl
from report.storage import Storage


@dataclass(frozen=True)
class Services:
    """What a door works with. Tests build another."""

    settings: Settings
    storage: Storage

    def engine(self) -> Engine:
        """Return the engine that counts; only a build needs it, so only a build loads it."""
        from report.adapters.duckdb_engine import DuckDBEngine

        limit = self.settings.memory_limit_mb * 1024 * 1024
        return DuckDBEngine(self.storage, memory_limit_bytes=limit)

    def sender(self) -> Sender:
        """Return the way mail leaves; nothing is connected before it is entered."""
        from report.adapters.folder_sender import FolderSender
        from report.adapters.smtp_sender import SmtpSender, connector

        url = self.settings.smtp_url
        if url.folder is not None:
            return FolderSender(url.folder)
        return SmtpSender(connector(url, self.settings.smtp_password))


def services_from_environ() -> Services:
    """Return the services the environment and `.env` ask for; raise `SettingsError`."""
    from dotenv import dotenv_values

    from_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    for name, value in from_file.items():
        os.environ.setdefault(name, value)  # boto3 reads AWS_… by itself
    return services_from(Settings.from_environ(os.environ))


def services_from(settings: Settings) -> Services:
    """Return the services these settings ask for; nothing is connected yet."""
    return Services(settings=settings, storage=_storage(settings.storage_url, settings))


def _storage(where: StorageUrl, settings: Settings) -> Storage:
    if where.folder is not None:
        return _directory_storage(where.folder, settings)
    return _s3_storage(where, settings.storage_anonymous)


def _directory_storage(folder: Path, settings: Settings) -> Storage:
    from report.adapters.directory_storage import DirectoryStorage
    from report.links import LinkSigner

    signer = LinkSigner(settings.secret_key) if settings.secret_key else None
    return DirectoryStorage(folder, signer, settings.public_url)


def _s3_storage(where: StorageUrl, anonymous: bool) -> Storage:
    from report.adapters.s3_storage import S3Storage, check_bucket_name, s3_client

    try:
        check_bucket_name(where.bucket)
    except BadKey as error:
        raise SettingsError(f"wrong settings:\n  STORAGE_URL: {error}") from error
    return S3Storage(s3_client(anonymous), where.bucket, where.prefix)
