"""Rows of a file as complaints: what most rows need is done to whole columns, what is odd is read row by row."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from geo.cases.complaints.orders import (
    AHEAD,
    CALLER,
    CHANNEL_WORDS,
    EARLIEST,
    LONGEST,
    NAMES,
    NOWHERE,
    YES,
    Caller,
    Draft,
    Fault,
    FieldMap,
    Spot,
    bare,
    body_digest,
    read_told,
    spot_of,
    unshifted,
)
from geo.cases.complaints.scrub import FULL_WIDTH, RUN, scrub
from geo.cases.complaints.topics import find_topic
from geo.db.counties import County
from geo.layers.moments import one_way, read_plain
from geo.tables.complaints import CHANNELS

Cells = Mapping[str, Sequence[str]]
"""Column → its cells, without spaces around; all columns of one length."""

Micros = NDArray[np.int64]
"""Microseconds since 1970 UTC, or :data:`UNREAD`."""

UNREAD: Final = np.iinfo(np.int64).min
FEW: Final = frozenset({"channel", "topic", "code", "confidential"})
"""Fields of few different words: each word is cleaned once."""

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND: Final = dt.timedelta(microseconds=1)
DAY_US: Final = 86_400_000_000
ONE_DAY: Final = dt.timedelta(days=1)


def read_columns(
    rows: Sequence[int], cells: Cells, mapping: FieldMap, channel: str, county: County, now: dt.datetime
) -> list[Draft | list[Fault]]:
    """Rows of a file, read as :func:`geo.cases.complaints.orders.read_orders` reads orders, at a fifth of the cost.

    Parameters
    ----------
    rows
        Shape (n,), number of each row in its file.
    cells
        n cells a column.
    channel, county, now
        As there.

    Returns
    -------
    list of Draft or list of Fault
        Shape (n,), in the order given; empty for no rows.

    Notes
    -----
    A row with anything unusual, a fault above all, is handed to the reader of single orders;
    ``tests/unit/test_complaint_columns.py`` holds that both ways agree.
    """
    n = len(rows)
    if not n:
        return []
    said = {name: _told(cells, mapping, name, n) for name in NAMES}
    spots = unshifted([spot_of(lon, lat) for lon, lat in zip(said["lon"], said["lat"], strict=True)], mapping.offset)
    now_us = _micros(now)
    received, due = (_moments(said[name], county.time_zone) for name in ("received_at", "due_at"))
    silent = np.array([not text for text in said["received_at"]])
    received[silent] = now_us
    through = _each(said["channel"], lambda text: CHANNEL_WORDS.get(text, text) or channel)
    plain = (received >= _micros(EARLIEST)) & (received <= now_us + AHEAD // MICROSECOND)
    plain &= np.array([not text for text in said["due_at"]]) | (due >= received)
    plain &= np.array([name in CHANNELS for name in through]) & np.array(
        [bool(text.strip()) for text in said["content"]]
    )
    plain &= np.array([_fits(*one, county) for one in zip(said["lon"], said["lat"], spots, strict=True)])
    for name, most in LONGEST.items():
        if max(map(len, said[name])) > most:
            plain &= np.array([len(text) <= most for text in said[name]])
    names = [text[:200] for text in said["caller_name"]]
    topics = _each(said["topic"], scrub)
    system = mapping.defaults.get("code_system", "local")
    drafts = zip(
        plain.tolist(), rows, _digests(cells, n), through, np.minimum(received, now_us).tolist(), due.tolist(), spots,
        topics, said["code"], _scrubbed(said["content"], names), _scrubbed(said["place_text"], names),
        said["external_id"], names, *(said[name] for name in (*CALLER[1:], "confidential")), strict=True,
    )  # fmt: skip
    read: list[Draft | list[Fault]] = []
    for at, one in enumerate(drafts):
        fine, row, digest, path, came, until, spot, topic, code, content, place, number, who, phone, home, hush = one
        if not fine:
            body = {name: column[at] for name, column in cells.items()}
            told = {name: column[at] for name, column in said.items()}
            read.append(read_told(row, body, told, spots[at], mapping, channel, county, now))
            continue
        lon, lat = (None, None) if spot is None or spot == NOWHERE else spot
        coded = (system, code) if code else find_topic(topic, content) or (None, None)
        read.append(
            Draft(
                path, EPOCH + came * MICROSECOND, content, number or None, topic, coded[0], coded[1], place, lon, lat,
                None if until == UNREAD else EPOCH + until * MICROSECOND,
                Caller(who, phone[:200], home[:200], hush.casefold() in YES), digest, row,
            )
        )  # fmt: skip
    return read


def _told(cells: Cells, mapping: FieldMap, name: str, n: int) -> list[str]:
    """A field's column as :func:`read_orders` takes it: cleaned, words of theirs made ours, else the default."""
    column = mapping.fields.get(name)
    words, usual = mapping.values.get(name, {}), mapping.defaults.get(name, "")
    if column is None or column not in cells:
        return [words.get("", "") or usual] * n
    there = cells[column]
    if name in FEW or words or usual:
        return _each(there, lambda text: words.get(bare(text), bare(text)) or usual)
    return [text if text.isascii() and text.isprintable() else bare(text) for text in there]


def _each(texts: Sequence[str], make: Callable[[str], str]) -> list[str]:
    """What is made of each text, each different one once."""
    made = {text: make(text) for text in set(texts)}
    return [made[text] for text in texts]


def _fits(lon: str, lat: str, spot: Spot | None, county: County) -> bool:
    """Whether nothing is wrong with a point: it is none, says that there is none, or lies in the county."""
    if spot is None:
        return not lon and not lat
    return spot == NOWHERE or county.contains(*spot)


def _scrubbed(texts: Sequence[str], names: Sequence[str]) -> list[str]:
    """Texts without numbers of persons, each with its caller's name masked."""
    return [
        scrub(text, (name,))
        if RUN.search(text) or not text.isprintable() or FULL_WIDTH.search(text) or (name and name.strip() in text)
        else text.strip()
        for text, name in zip(texts, names, strict=True)
    ]


def _digests(cells: Cells, n: int) -> list[str]:
    """:func:`geo.cases.complaints.orders.body_digest` of each row."""
    names = sorted(cells)
    return [_digest(dict(zip(names, row, strict=True))) for row in _rows([cells[name] for name in names], n)]


def _rows(columns: Sequence[Sequence[str]], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*columns, strict=True) if columns else iter([()] * n)


def _digest(body: dict[str, str]) -> str:
    """Of a body whose keys are in order already."""
    try:
        return hashlib.sha256(orjson.dumps(body)).hexdigest()
    except TypeError:
        return body_digest(body)


def _moments(texts: Sequence[str], zone: str) -> Micros:
    """Instants of those texts that are read all alike; :data:`UNREAD` for empty ones and all others."""
    at = np.full(len(texts), UNREAD)
    if not any(texts):
        return at
    try:
        words = one_way(pa.array([text or None for text in texts], pa.string()))
    except UnicodeEncodeError:  # Half a letter, from a word that a mapping put there.
        return at
    plain, local = read_plain(words)
    here = np.flatnonzero(np.asarray(plain))
    local_us = local.cast(pa.int64()).to_numpy()
    days, which = np.unique(local_us // DAY_US, return_inverse=True)
    offset_us = np.array([_offset_us(zone, int(day)) for day in days], np.int64)[which]
    sure = offset_us != UNREAD
    at[here[sure]] = (local_us - offset_us)[sure]
    return at


@lru_cache(maxsize=100_000)
def _offset_us(zone: str, day: int) -> int:
    """A zone's offset on a local day, counted from 1970; :data:`UNREAD` where clocks are changed on that day."""
    begin = dt.datetime(1970, 1, 1, tzinfo=ZoneInfo(zone)) + dt.timedelta(days=day)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (begin, begin + ONE_DAY) for fold in (0, 1)}
    only = offsets.pop()
    return UNREAD if offsets or only is None else only // MICROSECOND


def _micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
