"""Whether a site is what was sent: each file as its readers get it, and where its links lead."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from report.publishing.links import all_links_of, key_of
from report.publishing.memory import Memory, Sent
from report.publishing.site import HTML, INDEX, PRIVATE, Fetched, Manner, Site

_AT_A_TIME = 8


def check(site: Site, manner: Manner, memory: Memory) -> Iterator[tuple[str, list[str]]]:
    """Yield each key of the site with what is wrong with it; raise what the site raises."""

    def problems(key: str) -> tuple[str, list[str]]:
        fetched = site.fetch(key)
        found = problems_of(key, fetched, memory.files[key], manner, memory.files.keys())
        return key, [f"{key}: {problem} ({fetched.where})" for problem in found]

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        yield from threads.map(problems, sorted(memory.files))


def problems_of(key: str, fetched: Fetched, sent: Sent, manner: Manner, keys: Collection[str]) -> list[str]:
    """Return what is wrong with a file that was fetched; `keys` are those of the whole site."""
    if fetched.problem:
        return [fetched.problem]
    problems = []
    if fetched.content_type and fetched.content_type != sent.content_type:
        problems.append(f"came as {fetched.content_type}, not as {sent.content_type}")
    if sha256(fetched.body).hexdigest() != sent.sha256:
        problems.append("is not what was sent: somebody changed it, or a cache holds an older one")
    if sent.content_type == HTML and not key.startswith(PRIVATE):
        found = keys_led_to(fetched.body.decode(errors="replace"), key, manner)
        problems += [
            f"leads to {other}, which the site does not have" for other in found if other not in keys
        ]
    return problems


def keys_led_to(page: str, key: str, manner: Manner) -> list[str]:
    """Return the keys a page of the site leads to, each once, in order."""
    links = (urlsplit(link) for link in all_links_of(page))
    here = [link.path for link in links if link.path and not link.scheme and not link.netloc]
    return list(dict.fromkeys(_meant(path, key, manner) for path in here))


def _meant(path: str, key: str, manner: Manner) -> str:
    if not path.startswith("/"):
        return normpath(join(dirname(key), unquote(path)))
    if not manner.is_relative:
        return key_of(path, is_relative=False) or path
    below = unquote(path).removeprefix(manner.root)
    return below + INDEX if not below or below.endswith("/") else below
