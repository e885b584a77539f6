"""Rows of a file as complaints: what most rows need is done to whole columns, what is odd is read row by row."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from geo.cases.complaints.bulk.drafts import Columns
from geo.cases.complaints.bulk.moments import Micros, micros, read_days, read_moments
from geo.cases.complaints.orders import (
    AHEAD,
    CHANNEL_WORDS,
    EARLIEST,
    LONGEST,
    NAMES,
    NOWHERE,
    YES,
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
from geo.cases.complaints.scrub import FULL_WIDTH, RUN, UNSEEN, scrub
from geo.cases.complaints.topics import find_topic
from geo.db.counties import County
from geo.tables.complaints import CHANNELS

Cells = Mapping[str, Sequence[str]]
"""Column → its cells, without spaces around; all columns of one length."""

FEW: Final = frozenset({"channel", "topic", "code", "confidential"})
"""Fields of few different words: each word is cleaned once."""

APART: Final = "\x1f"
"""Put between the cells of a column that is cleaned as one text; no letter joins with it."""

Faulty = list[tuple[int, list[Fault]]]
"""Places in the lot of rows that cannot be taken, with what is wrong."""


def read_columns(
    rows: Sequence[int], cells: Cells, mapping: FieldMap, channel: str, county: County, now: dt.datetime
) -> tuple[Columns, Faulty]:
    """Rows of a file, read as :func:`geo.cases.complaints.orders.read_orders` reads orders, at a tenth of the cost.

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
    tuple
        Those that can be taken, in the order given, and the others; n together, both empty for no rows.

    Notes
    -----
    A row with anything unusual, a fault above all, is handed to the reader of single orders;
    ``tests/unit/test_complaint_columns.py`` holds that both ways agree.
    """
    n = len(rows)
    if not n:
        return Columns.of([]), []
    said = {name: _told(cells, mapping, name, n) for name in NAMES}
    spots = unshifted([spot_of(lon, lat) for lon, lat in zip(said["lon"], said["lat"], strict=True)], mapping.offset)
    received, due = read_moments(said["received_at"], county.time_zone), read_moments(said["due_at"], county.time_zone)
    read_days(received, said["received_at"], county.time_zone)
    read_days(due, said["due_at"], county.time_zone, last_second=True)
    now_us = micros(now)
    received[[not text for text in said["received_at"]]] = now_us
    through = _each(said["channel"], lambda text: CHANNEL_WORDS.get(text, text) or channel)
    plain = _plain(said, spots, through, received, due, county, now_us)
    names = [text[:200] for text in said["caller_name"]]
    topics, contents = _each(said["topic"], scrub), _scrubbed(said["content"], names)
    codes = _codes(said["code"], topics, contents, mapping.defaults.get("code_system", "local"))
    read = Columns(
        list(rows), through, np.minimum(received, now_us), due, contents, said["external_id"], topics,
        [code[0] for code in codes], [code[1] for code in codes], _scrubbed(said["place_text"], names),
        [None if spot == NOWHERE else spot for spot in spots], names,
        [text[:200] for text in said["caller_phone"]], [text[:200] for text in said["caller_address"]],
        _flags(said["confidential"]), _digests(cells, n),
    )  # fmt: skip
    faulty: Faulty = []
    for at in np.flatnonzero(~plain).tolist():
        body = {name: column[at] for name, column in cells.items()}
        told = {name: column[at] for name, column in said.items()}
        one = read_told(rows[at], body, told, spots[at], mapping, channel, county, now)
        if isinstance(one, Draft):
            read.put(at, one)
        else:
            faulty.append((at, one))
    if faulty:
        out = {at for at, _ in faulty}
        read = read.only([at for at in range(n) if at not in out])
    return read, faulty


def _plain(
    said: Mapping[str, list[str]], spots: Sequence[Spot | None], through: Sequence[str], received: Micros,
    due: Micros, county: County, now_us: int,
) -> NDArray[np.bool_]:  # fmt: skip
    """Which rows have nothing unusual; shape (n,), bool."""
    plain: NDArray[np.bool_] = (received >= micros(EARLIEST)) & (received <= now_us + micros(AHEAD))
    plain &= np.array([not text for text in said["due_at"]]) | (due >= received)
    odd = {name for name in set(through) if name not in CHANNELS}
    if odd:
        plain &= np.array([name not in odd for name in through])
    plain &= np.array([text != "" and not text.isspace() for text in said["content"]])
    plain &= np.array([_fits(*one, county) for one in zip(said["lon"], said["lat"], spots, strict=True)])
    for name, most in LONGEST.items():
        if max(map(len, said[name])) > most:
            plain &= np.array([len(text) <= most for text in said[name]])
    return plain


def _told(cells: Cells, mapping: FieldMap, name: str, n: int) -> list[str]:
    """A field's column as :func:`read_orders` takes it: cleaned, words of theirs made ours, else the default."""
    column = mapping.fields.get(name)
    words, usual = mapping.values.get(name, {}), mapping.defaults.get(name, "")
    if column is None or column not in cells:
        return [words.get("", "") or usual] * n
    if name in FEW or words or usual:
        return _each(cells[column], lambda text: words.get(bare(text), bare(text)) or usual)
    return _bare(cells[column])


def _bare(texts: Sequence[str]) -> list[str]:
    """:func:`geo.cases.complaints.orders.bare` of each text, as one text where that is the same.

    Examples
    --------
    >>> _bare([" １１８．５\u200b", "朝阳路", ""])
    ['118.5', '朝阳路', '']
    """
    if not "".join(texts).isprintable():
        texts = [text if text.isprintable() else UNSEEN.sub("", text) for text in texts]
    whole = APART.join(texts)
    if not whole.isascii():
        whole = unicodedata.normalize("NFKC", whole)
    found = whole.split(APART)
    return [text.strip() for text in found] if len(found) == len(texts) else [bare(text) for text in texts]


def _each(texts: Sequence[str], make: Callable[[str], str]) -> list[str]:
    """What is made of each text, each different one once."""
    made = {text: make(text) for text in set(texts)}
    return [made[text] for text in texts]


def _codes(
    said: Sequence[str], topics: Sequence[str], contents: Sequence[str], system: str
) -> list[tuple[str | None, str | None]]:
    """(code system, code) of each: as said, else by topic, else by what was said."""
    known: dict[str, tuple[str, str] | None] = {topic: find_topic(topic, "") for topic in set(topics)}
    return [
        (system, code) if code else known[topic] or find_topic(topic, content) or (None, None)
        for code, topic, content in zip(said, topics, contents, strict=True)
    ]


def _flags(texts: Sequence[str]) -> list[bool]:
    yes = {text: text.casefold() in YES for text in set(texts)}
    return [yes[text] for text in texts]


def _fits(lon: str, lat: str, spot: Spot | None, county: County) -> bool:
    """Whether nothing is wrong with a point: it is none, says that there is none, or lies in the county."""
    if spot is None:
        return not lon and not lat
    return spot == NOWHERE or county.contains(*spot)


def _scrubbed(texts: Sequence[str], names: Sequence[str]) -> list[str]:
    """Texts without numbers of persons, each with its caller's name masked."""
    whole = APART.join(texts)
    if not whole.replace(APART, "").isprintable() or FULL_WIDTH.search(whole):
        return [scrub(text, (name,)) for text, name in zip(texts, names, strict=True)]
    some = RUN.search(whole) is not None
    return [
        scrub(text, (name,)) if (some and RUN.search(text)) or (name and name.strip() in text) else text.strip()
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
