"""The WSGI application, for granian or any other server. Every view is loaded at the start: it fails then or never."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from fairhearing.startup import orphans

orphans.end_server_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairhearing.settings")

application = get_wsgi_application()
import_module("fairhearing.web.urls")
