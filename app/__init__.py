"""The web pages: gunicorn's door to the reports."""

from app.factory import create_app

__all__ = ["create_app"]
