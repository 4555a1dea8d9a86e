"""Puts the web pages together."""

import sys

from flask import Flask

from app.addresses import know_addresses
from app.answers import make_safe
from app.builds import BuildStarter, StartBuild
from app.editions import edition_pages
from app.failures import explain_failures
from app.health import health_page
from app.histories import Histories
from app.library import Library
from app.repeating import Repeating
from app.shared import shared_files
from app.statics import static_files
from app.tags import tag_pages
from report.composition import services_from, services_from_environ
from report.errors import SettingsError
from report.links import LinkSigner
from report.services import Services
from report.settings import Settings

_REPORT = "trends"
_WRONG_SETTINGS = 2


def create_app(
    settings: Settings | None = None,
    services: Services | None = None,
    start_build: StartBuild | None = None,
) -> Flask:
    """Return the web pages. What is not given is made from the settings, and those from the environment.

    Wrong settings end the process with status 2, each named on standard error.
    """
    services = services or _services(settings)
    library = Library(services.storage, _REPORT)
    secret = services.settings.secret_key
    app = Flask("app", static_folder=None)
    app.extensions["library"] = library
    know_addresses(app)
    app.register_blueprint(edition_pages(library, start_build or BuildStarter()))
    app.register_blueprint(tag_pages(Histories(services.storage, services.settings.timezone.key)))
    app.register_blueprint(static_files())
    app.register_blueprint(shared_files(services.storage, LinkSigner(secret) if secret else None))
    app.register_blueprint(health_page(library))
    explain_failures(app)
    app.after_request(make_safe)
    app.wsgi_app = Repeating(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's documentation has it
    return app


def _services(settings: Settings | None) -> Services:
    try:
        return services_from(settings) if settings else services_from_environ()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(_WRONG_SETTINGS) from error
