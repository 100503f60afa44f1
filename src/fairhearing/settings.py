"""Django's settings, from the environment and the data folder alone. Nothing here has an unsafe default."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from fairhearing.home import Home
from fairhearing.home.postgres import locate


def _switch(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in ("0", "1"):
        raise ValueError(f"{name} is {value!r}, expected 0 or 1")
    return value == "1"


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise ValueError(f"{name} is {value!r}, expected a whole number")
    return int(value)


def _database(url: str) -> dict[str, object]:
    """Django's form of a libpq URL (host may be a socket's folder, in ``?host=``)."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"FAIRHEARING_DATABASE_URL has scheme {parts.scheme!r}, expected postgresql://…")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Statements of the hot paths are prepared (``statements``); everything else is not.
        "OPTIONS": {"prepare_threshold": 5, **query},
    }


def _origins(name: str) -> tuple[str, ...]:
    """Origins, parted by spaces, such as ``https://hearth.example``."""
    found = tuple(os.environ.get(name, "").split())
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError(f"{name} has {origin!r}, expected an origin such as https://hearth.example")
        if set(origin) & set("*;,'\""):
            raise ValueError(f"{name} has {origin!r}, expected one origin, named in full")
    return found


HOME = Home.from_environment()
SECRETS = HOME.secrets()
DEMO = _switch("FAIRHEARING_DEMO")
BASE_URL = os.environ.get("FAIRHEARING_BASE_URL", "http://localhost:8000").rstrip("/")
EMBEDDED_BY = _origins("FAIRHEARING_EMBEDDED_BY")
ERASURE_WINDOW_DAYS = _number("FAIRHEARING_ERASURE_WINDOW_DAYS", 28)
LOG_ORIGIN = os.environ.get("FAIRHEARING_LOG_ORIGIN", "")
RECOGNISERS = os.environ.get("FAIRHEARING_RECOGNISERS", "")

SECRET_KEY = SECRETS.derive("django/secret-key").hex()
DEBUG = False
_SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

DATABASES = {"default": _database(os.environ.get("FAIRHEARING_DATABASE_URL") or locate(HOME).url)}
if _switch("FAIRHEARING_POOL"):
    # Set by the server: each of its processes keeps a few connections open. Commands connect once and end.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 12, "timeout": 10}  # type: ignore[index]
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "fairhearing.accounts",
    "fairhearing.vault",
    "fairhearing.ledger",
    "fairhearing.consent",
    "fairhearing.vendors",
    "fairhearing.webhooks",
    "fairhearing.programmes",
    "fairhearing.capture",
    "fairhearing.review",
    "fairhearing.datasets",
    "fairhearing.tracing",
    "fairhearing.speakers",
    "fairhearing.web",
]
MIDDLEWARE = [
    "fairhearing.web.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fairhearing.web.security.SameOriginOnly",
    "django.middleware.csrf.CsrfViewMiddleware",
    "fairhearing.accounts.signed_in.SignedIn",
    "fairhearing.web.languages.Language",
    "fairhearing.web.access.ClosedByDefault",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "fairhearing.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "fairhearing.web.navigation.navigation",
                "fairhearing.web.languages.languages",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"

SESSION_ENGINE = "fairhearing.accounts.signed_in"
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "fairhearing.web.public.views.csrf_failed"

STATIC_URL = "/static/"
STATIC_ROOT = None
STATICFILES_DIRS = [Path(__file__).parent / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

USE_TZ = True
TIME_ZONE = "UTC"

# What pages are written in (docs/languages.md); each language under its own name for itself.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("es", "Español"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]
FORMAT_MODULE_PATH = ["fairhearing.web.formats"]
LANGUAGE_COOKIE_NAME = "language"

# Multipart bodies are read by the API within its own limits; a form of ours is small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024  # recordings stay in memory: no plain sound on the disk
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # what is larger is not taken

LOGGING_CONFIG = None  # web, worker and cli set up structlog themselves
SILENCED_SYSTEM_CHECKS: list[str] = []
