"""What several commands on storage understand."""

import re
from datetime import timedelta
from typing import Any

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

ANONYMOUS = click.option(
    "--anonymous", is_flag=True, help="Ask without credentials: for a bucket that anybody may read."
)


class Lifetime(click.ParamType[timedelta]):
    """A time such as 30m, 1h or 7d."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return it; storage knows how long is too long."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhd])", value, re.ASCII)
        if not found:
            self.fail(f"{value!r} is no time: write 30m, 1h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Metadata(click.ParamType[tuple[str, str]]):
    """A name and a value with "=" between; the name in lower case, as S3 keeps it."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return both; storage knows which it can keep."""
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        if not equals:
            self.fail(f"{value!r} is no NAME=VALUE", param, ctx)
        return name.lower(), text


class ContentType(click.ParamType[str]):
    """A content type such as text/html; charset=utf-8."""

    name = "TYPE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as it is."""
        if not re.fullmatch(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *;[ -~]*)?", value, re.ASCII):
            self.fail(f"{value!r} is no content type such as text/html; charset=utf-8", param, ctx)
        return str(value)
