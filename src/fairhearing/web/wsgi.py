"""The WSGI application, for granian or any other server. Every view is loaded at the start: it fails then or never."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from fairhearing.startup import logging, orphans

orphans.end_server_with_parent()
logging.configure()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairhearing.settings")

application = get_wsgi_application()
import_module("fairhearing.web.urls")

# What is loaded now stays; the collector need not walk it again and again while requests come.
gc.collect()
gc.freeze()
gc.set_threshold(20_000)
