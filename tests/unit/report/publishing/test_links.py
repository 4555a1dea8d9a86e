"""Rules for the links in our own pages."""

import pytest

from report.publishing.links import key_of, links_of, path_of, relative, relinked


def test_only_links_from_the_root_are_the_sites() -> None:
    """Links elsewhere, within the page, and a form's address are left out; each is named once."""
    page = '<a href="/a"><a href="/a"><img src="/b&amp;c"><a href="//x/y"><a href="#z"><form action="/find">'

    assert links_of(page) == ["/a", "/b&c"]


def test_text_that_looks_like_a_link_is_none() -> None:
    """Our templates escape what others sent: quotation marks in a tweet open no attribute."""
    assert links_of("<td> href=&#34;/evil&#34;</td>") == []


def test_relinking_changes_the_links_alone() -> None:
    """All that is no link from the root stays, byte for byte."""
    page = '<a class="x" href="/a"> href=/a </a> <a href="https://e.org/a">'

    assert relinked(page, lambda link: f"..{link}?a&b") == page.replace('"/a"', '"../a?a&amp;b"')


@pytest.mark.parametrize(
    ("link", "at_root", "in_a_folder"),
    [
        ("/", "index.html", "index.html"),
        ("/editions/", "editions/index.html", "editions/index.html"),
        ("/today", "today", "today/index.html"),
        ("/latest.json", "latest.json", "latest.json"),
        ("/tags/%E5%A4%A9", "tags/天", "tags/天/index.html"),
        ("/tags/a%2Fb", "tags/a/b", "tags/a/b/index.html"),
        ("/tags/%2E%2E%2F%2E%2E%2Fx", "", ""),
        ("/tags/a%00b", "", ""),
        ("/tags/" + "x" * 256, "", ""),
    ],
)
def test_a_link_means_a_file(link: str, at_root: str, in_a_folder: str) -> None:
    """A link names a key, or none where that would lead out, or is too long for a file's name."""
    assert (key_of(link, False), key_of(link, True)) == (at_root, in_a_folder)


@pytest.mark.parametrize(
    ("link", "at", "led"),
    [
        ("/", "index.html", "index.html"),
        ("/", "editions/2026-11-20/index.html", "../../index.html"),
        ("/tags/a%20b", "tags/c/index.html", "../a%20b/index.html"),
        ("/tags/a%00b", "index.html", "tags/index.html"),
    ],
)
def test_a_relative_link_leads_to_the_same_file(link: str, at: str, led: str) -> None:
    """From wherever a page lies; what no folder can hold leads to the hashtags."""
    assert relative(link, at) == led


@pytest.mark.parametrize("key", ["index.html", "latest/index.html", "tags/天", "a b/c.csv"])
def test_a_path_means_its_key(key: str) -> None:
    """What a page writes to lead to a file is read back as that file."""
    assert key_of(path_of(key), is_relative=False) == key
