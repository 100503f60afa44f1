"""structlog for our own processes: one line of JSON an event, on standard error. No request bodies, no keys."""

import logging

import structlog


def configure() -> None:
    """Send structlog and the standard library's warnings the same way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # At DEBUG these write down what they were given, whole: a request's body, a statement's values.
    for talkative in ("django.template", "django.db.backends"):
        logging.getLogger(talkative).setLevel(logging.INFO)
