"""Puts the web pages together."""

import sys

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.addresses import Unnamed, know_addresses
from app.answers import make_safe
from app.asking import AskingStarter, StartAsking
from app.builds import BuildStarter, StartBuild
from app.editions import edition_pages
from app.failures import explain_failures
from app.freshness import freshness_page
from app.guard import Guard, guard_pages
from app.health import health_page
from app.histories import Histories
from app.leaving import leaving_pages, managing_pages
from app.libraries import Libraries
from app.metrics import metrics_page
from app.private import Pages, keep_private
from app.repeating import Repeating
from app.report_list import report_list
from app.request_ids import Identified
from app.routes import note_route
from app.shared import shared_files
from app.statics import static_files
from app.subscribing import subscribing_pages
from app.subscriptions import Subscriptions
from app.tags import tag_pages
from app.visitors import Visitors
from report.catalogue import recipes
from report.composition import services_from, services_from_environ
from report.errors import SettingsError
from report.links import EDITIONS, LinkSigner
from report.services import Services
from report.settings import Settings
from report.tokens import Tokens

_LONGEST_FORM_BYTES = 16_384
_WRONG_SETTINGS = 2


def create_app(
    settings: Settings | None = None,
    services: Services | None = None,
    start_build: StartBuild | None = None,
    start_asking: StartAsking | None = None,
) -> Flask:
    """Return the web pages. What is not given is made from the settings, and those from the environment.

    Wrong settings end the process with status 2, each named on standard error.
    """
    services = services or _services(settings)
    libraries = Libraries(services.storage, recipes())
    secret = services.settings.secret_key
    app = Pages("app", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LONGEST_FORM_BYTES
    app.extensions["library"] = libraries.first
    know_addresses(app)
    settings = services.settings
    guard = Guard(settings.page_password, LinkSigner(secret, EDITIONS) if secret else None, Visitors())
    guard_pages(app, guard)
    start_build = start_build or BuildStarter()
    for recipe, library in libraries:
        app.register_blueprint(edition_pages(library, recipe, start_build))
    app.register_blueprint(report_list(libraries))
    app.register_blueprint(tag_pages(Histories(services.storage, services.settings.timezone.key)))
    app.register_blueprint(static_files())
    app.register_blueprint(shared_files(services.storage, LinkSigner(secret) if secret else None))
    app.register_blueprint(health_page(libraries.first))
    app.register_blueprint(freshness_page(libraries.first, settings))
    app.register_blueprint(metrics_page(libraries.first, settings, guard))
    _serve_readers(app, services, libraries, start_asking or AskingStarter())
    explain_failures(app)
    app.after_request(make_safe)
    note_route(app)
    trusted = services.settings.trusted_proxies  # of what they say we take who asks, and whether by TLS
    repeating = Repeating(ProxyFix(Unnamed(app.wsgi_app), x_for=trusted, x_proto=trusted), trusted)
    app.extensions["repeating"] = repeating
    app.wsgi_app = Identified(repeating)  # type: ignore[method-assign]  # as Flask's documentation has it
    return app


def _serve_readers(app: Flask, services: Services, libraries: Libraries, start_asking: StartAsking) -> None:
    settings = services.settings
    tokens = Tokens(settings.secret_key) if settings.secret_key else None
    subscriptions = Subscriptions(
        services.storage, settings, tokens, Visitors(), start_asking, libraries.readable
    )
    for pages in (subscribing_pages, managing_pages, leaving_pages):
        app.register_blueprint(pages(subscriptions))
    keep_private(app)


def _services(settings: Settings | None) -> Services:
    try:
        return services_from(settings) if settings else services_from_environ()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(_WRONG_SETTINGS) from error
