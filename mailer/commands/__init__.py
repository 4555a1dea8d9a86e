"""The mailer's commands, one a module."""
