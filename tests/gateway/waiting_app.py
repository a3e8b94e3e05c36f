"""The app as it is served, but for AniList, which is the local server that a file names."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from flask import Flask

import app as real
from api.context import context, install_context

ADDRESS_FILE = "TEST_ANILIST_ADDRESS_FILE"


def create_app() -> Flask:
    """For gunicorn: `tests.gateway.waiting_app:create_app()`."""
    app = real.create_app()
    with app.app_context():
        before = context()
    sites = dict(before.services.imports.sites)
    address = Path(os.environ[ADDRESS_FILE]).read_text("utf-8")
    sites["anilist"] = replace(sites["anilist"], client=replace(sites["anilist"].client, url=address))
    imports = replace(before.services.imports, sites=sites)
    install_context(app.extensions, replace(before, services=replace(before.services, imports=imports)))
    return app
