"""Rules for the server's own files."""

from importlib.metadata import version

from flask.testing import FlaskClient


def test_bokeh_is_served_by_us_for_ever(client: FlaskClient) -> None:
    """The installed BokehJS comes packed, under an address of its version."""
    answer = client.get(
        f"/static/bokeh/{version('bokeh')}/bokeh.min.js", headers={"Accept-Encoding": "br, gzip"}
    )

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].endswith("immutable")
    assert len(answer.data) < 350_000


def test_an_older_edition_gets_the_bokeh_we_have(client: FlaskClient) -> None:
    """A chart made by another version is sent on, for a short while, to the installed one."""
    answer = client.get("/static/bokeh/3.0.0/bokeh.min.js")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/static/bokeh/{version('bokeh')}/bokeh.min.js"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_the_page_script_is_looked_at_again(client: FlaskClient) -> None:
    """Frozen pages name the script without a version, so browsers ask whether it changed."""
    answer = client.get("/static/charts.js")

    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert (
        client.get("/static/charts.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


def test_browsers_and_robots_find_what_they_look_for(client: FlaskClient) -> None:
    """The icon is a picture, and robots are kept from what changes all day."""
    assert client.get("/favicon.ico").content_type == "image/svg+xml"
    assert "Disallow: /drafts/\n" in client.get("/robots.txt").text
    assert "Disallow: /reports/*/drafts/\n" in client.get("/robots.txt").text
