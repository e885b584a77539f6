"""Logs are facts: one JSON object a line in the home folder, readable lines for whoever watches a terminal.

An event is a literal ``noun.verb_past``; facts are keys with units. No name, phone, plate, ID number,
password or token is ever written: keys that hold such things are withheld here, and numbers that look
like a mobile phone or an ID card are blotted out of every text, tracebacks included.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from geo.settings import Settings

MOST_BYTES = 10 << 20
KEPT_FILES = 8

PERSONS = {"name", "full_name", "phone", "mobile", "email", "address", "plate", "id_number", "id_card"}
SECRETS = {"password", "secret", "token", "cookie", "authorization", "csrf", "api_key"}
WITHHELD = frozenset(PERSONS | SECRETS)
"""Keys whose value is never written, whatever it is."""

NUMBERS = re.compile(r"(?<!\d)(?:(?:00|\+)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
"""A mainland mobile number, also with its country code or in groups; or an 18-character ID number."""

QUOTED = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
"""Where PostgreSQL quotes the row it refused: ``Key (tenant, name)=(…) already exists``."""

BLOT = "[withheld]"

Event = MutableMapping[str, Any]


def withhold(_: object, __: str, event: Event) -> Event:
    """The event without personal data, however deep it sits.

    Examples
    --------
    >>> withhold(None, "info", {"event": "call.logged", "phone": "1", "text": "ring 13812345678", "rows": 3})
    {'event': 'call.logged', 'phone': '[withheld]', 'text': 'ring [withheld]', 'rows': 3}
    """
    return {key: _clean(key, value) for key, value in event.items()}


def configure_logs(settings: Settings, process: str, *, console: bool = False, level: int = logging.INFO) -> None:
    """Send this process's log to ``<home>/logs/<process>.jsonl``, and to stderr when somebody watches.

    Parameters
    ----------
    process
        ``serve``, ``worker``, ``supervisor``…; one process writes one file.
    console
        Also write readable lines to stderr.

    Notes
    -----
    Files turn over at 10 MiB, eight are kept. The standard library's loggers go the same way.
    Request ids and the like are bound with ``structlog.contextvars``.
    """
    folder = settings.home / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        withhold,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    file = logging.handlers.RotatingFileHandler(
        folder / f"{process}.jsonl", maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    file.setFormatter(_formatter(shared, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)))
    handlers: list[logging.Handler] = [file]
    if console:
        screen = logging.StreamHandler(sys.stderr)
        screen.setFormatter(_formatter(shared, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())))
        handlers.append(screen)
    root = logging.getLogger()
    root.handlers = handlers
    root.setLevel(level)


def blot(text: str) -> str:
    """A text without what looks like a number of a person, and without rows that PostgreSQL quotes.

    Examples
    --------
    >>> blot("ring +86 138-1234-5678"), blot("duplicate key\\nDETAIL:  Key (name)=(王某) already exists.")
    ('ring [withheld]', 'duplicate key\\nDETAIL: [withheld]')
    """
    return QUOTED.sub(rf"\1: {BLOT}", NUMBERS.sub(BLOT, text))


def _formatter(shared: list[structlog.types.Processor], last: structlog.types.Processor) -> logging.Formatter:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, last])


def _clean(key: str, value: Any) -> Any:
    if key.lower() in WITHHELD:
        return BLOT
    if isinstance(value, str):
        return blot(value)
    if isinstance(value, dict):
        return {inner: _clean(str(inner), deeper) for inner, deeper in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", deeper) for deeper in value]
    return value
