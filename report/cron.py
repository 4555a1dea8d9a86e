"""What this host's cron is told to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cron:
    """Whether cron runs, and the lines of this user's crontab and of the system's, comments left out."""

    is_running: bool
    lines: tuple[str, ...]
