"""The web pages: gunicorn's door to the reports."""
