"""The hashtags' pages a site has: of those its reports lead to, as the server shows them.

Their form asks the server, for only that can search. Whom else they lead to, and what is no longer kept, gets
a signpost as everything that leads to no file.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from report.errors import NotFound, PublishError
from report.hashtag_histories import Shard, page_of, shard_of
from report.hashtag_shards import index_from_json, shard_from_json
from report.places import hashtag_index, hashtag_shard
from report.publishing.links import key_of
from report.publishing.shelf import Shelved
from report.publishing.site import HTML, SiteFile, made
from report.rendering.hashtag_page import hashtag_data, render_hashtag, render_hashtags
from report.storage import Storage

_TAGS = "/tags/"
_FORM = 'action="/find"'


def hashtag_pages(
    storage: Storage, zone: str, shelf: Iterable[Shelved], is_relative: bool, live: str
) -> list[SiteFile]:
    """Return the pages of the hashtags the shelf's pages lead to, with their numbers, and the page of all.

    `zone` is the name of the one their days are of, `live` the server's address. Raise `PublishError` where
    what is kept of them cannot be read.
    """
    by_shard: dict[int, list[str]] = defaultdict(list)
    for key in sorted({key for one in shelf for key in _linked(one)}):
        by_shard[shard_of(key)].append(key)
    files = list(_front(storage, zone, live))
    for number, keys in sorted(by_shard.items()):
        if shard := _shard(storage, hashtag_shard(zone, number)):
            files += [file for key in keys for file in _of_one(key, shard, zone, is_relative, live)]
    return files


def _linked(one: Shelved) -> Iterator[str]:
    return (
        unquote(link.removeprefix(_TAGS)) for link in one.links if link.startswith(_TAGS) and link != _TAGS
    )


def _front(storage: Storage, zone: str, live: str) -> Iterator[SiteFile]:
    where = hashtag_index(zone)
    try:
        page = render_hashtags(index_from_json(storage.get(where)), zone)
    except NotFound:
        return
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(where, error) from error
    yield made("tags/index.html", _asking(page, live), HTML)


def _of_one(key: str, shard: Shard, zone: str, is_relative: bool, live: str) -> Iterator[SiteFile]:
    page_key, data_key = key_of(page_of(key), is_relative), key_of(f"{page_of(key)}.json", is_relative)
    if key not in shard.hashtags or not page_key or not data_key:
        return
    yield made(page_key, _asking(render_hashtag(key, shard, zone), live), HTML)
    data = json.dumps(hashtag_data(key, shard, zone), ensure_ascii=False, indent=1)
    yield made(data_key, data, "application/json")


def _shard(storage: Storage, where: str) -> Shard | None:
    try:
        return shard_from_json(storage.get(where))
    except NotFound:
        return None
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(where, error) from error


def _asking(page: str, live: str) -> str:
    return page.replace(_FORM, f'action="{live}/find"')


def _unreadable(where: str, error: Exception) -> PublishError:
    return PublishError(f"{where} cannot be read ({error!r}); run `python -m report compact --rebuild`")
