"""What the commands of every door share: an error is one line and an exit status.

The modules here are commands of the report's own door, one each.
"""

from typing import Any

import click

from report.commands.said import log_lines
from report.errors import BuildRunning, NotBegun, SettingsError, TrendsError
from report.terminal import printable_lines

NOT_BEGUN = 3
"""The exit status of a build that found nothing to build from."""

ELSEWHERE = 4
"""The exit status of work that another run is at."""


_WISHED, _DONE = "report.log_lines.wished", "report.log_lines.done"


class _WrongSettings(click.ClickException):
    """Wrong settings end like wrong usage."""

    exit_code = 2


class _NothingYet(click.ClickException):
    """Nothing to build from is no failure: the web looks again later, and says what is missing."""

    exit_code = NOT_BEGUN


class _Elsewhere(click.ClickException):
    """Work that another run is at is no failure: whoever started it again may look for its end."""

    exit_code = ELSEWHERE


class Door(click.Group):
    """A group of commands that exits with 2 for wrong usage or settings, and with 1 for what failed.

    A build that finds nothing to build from exits with 3, work that another run is at with 4.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.append(_log_lines_option())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the house is shown without a trace, a bug with it."""
        if not ctx.meta[_WISHED] or ctx.meta.get(_DONE):  # a group below another says what that does
            return self._invoke(ctx)
        ctx.meta[_DONE] = True
        with log_lines((ctx.info_name or "").rpartition(" ")[2]) as log:
            try:
                return self._invoke(ctx)
            except click.exceptions.Exit:
                raise
            except click.ClickException as error:
                log.error("%s", error.format_message())
                ctx.exit(error.exit_code)
            except Exception:  # a job's outer loop: its log has the trace, in the one line
                log.exception("something broke on our side")
                ctx.exit(1)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise _WrongSettings(printable_lines(str(error))) from error
        except NotBegun as error:
            raise _NothingYet(printable_lines(str(error))) from error
        except BuildRunning as error:
            raise _Elsewhere(printable_lines(str(error))) from error
        except TrendsError as error:
            raise click.ClickException(printable_lines(str(error))) from error


def _log_lines_option() -> click.Option:
    return click.Option(
        ["--log-lines"],
        is_flag=True,
        envvar="LOG_LINES",
        show_envvar=True,
        expose_value=False,
        callback=lambda ctx, _, wished: ctx.meta.update({_WISHED: wished}),
        help="Say each event in a line of name=value pairs on standard error, as the log of the pages does.",
    )
