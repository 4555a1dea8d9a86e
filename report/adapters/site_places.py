"""Where a website may lie: in a folder, or in a bucket that S3 shows as one."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from report.adapters.folder_site import FolderSite
from report.adapters.s3_site import S3Site
from report.adapters.s3_website import S3Website
from report.publishing.publishing import Place
from report.publishing.site import Access, Manner

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def folder_place(root: Path, address: str) -> Place:
    """Return a site in a folder; `address` is where a web server shows it, ending in "/", or ""."""
    manner = Manner(is_relative=True, root=urlsplit(address).path, packs=False)
    return Place(f"file:{root.resolve()}", FolderSite(root), manner, address)


def s3_place(client: "S3Client", bucket: str, prefix: str, access: Access, address: str) -> Place:
    """Return a site in a bucket; `address` is where it is shown, ending in "/", or "" for S3's own.

    Only where it is shown at the root of its host can its pages be the server's own bytes.
    """
    website = S3Website(client, bucket, prefix)
    if not address and access is not Access.PRIVATE:
        address = website.address()
    root = urlsplit(address).path or f"/{prefix}"
    manner = Manner(is_relative=root != "/", root=root, access=access)
    site = S3Site(client, bucket, prefix, access, address)
    return Place(f"s3://{bucket}/{prefix}", site, manner, address, prefix, website, site.link)
