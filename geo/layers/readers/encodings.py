"""Which encoding a text is in when nobody says, or says it wrongly."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterable
from pathlib import Path

SAMPLE = 1 << 18
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BEGUN = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$")
"""A UTF-8 character of which the end of a field left only the beginning."""

DBF_LANGUAGES = {0x4D: "gb18030", 0x4F: "big5", 0x7A: "gb18030"}
"""Language bytes of a DBF header that can be trusted to mean what they say; 0x57 and 0x00 mean nothing."""


def judge(sample: bytes) -> str:
    """The likeliest encoding of a text: UTF-8, GB 18030 or Windows-1252.

    Notes
    -----
    Text that is valid UTF-8 is UTF-8. Chinese in GBK puts bytes above 0xA0 in pairs; in Windows-1252 an
    accented letter is followed by a plain one, so most such bytes stand alone.

    Examples
    --------
    >>> judge("路灯".encode()), judge("路灯,正常".encode("gbk")), judge("Bâtiment léger".encode("cp1252"))
    ('utf-8', 'gb18030', 'cp1252')
    """
    sample = sample[:SAMPLE]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    paired = single = i = 0
    while i < len(sample):
        if sample[i] < 0x80:
            i += 1
        elif i + 1 < len(sample) and sample[i] >= 0x81 and sample[i + 1] >= 0xA1:
            paired, i = paired + 1, i + 2
        else:
            single, i = single + 1, i + 1
    return "gb18030" if paired > 4 * single else "cp1252"


def judge_stream(blocks: Iterable[bytes]) -> str:
    """As :func:`judge`, for a text of any length: a mark at its start, else UTF-8 if all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for i, block in enumerate(blocks):
        if i == 0:
            for mark, name in MARKS:
                if block.startswith(mark):
                    return name
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return judge(block[max(0, error.start - 64) :])
    return "utf-8"


def dbf_encoding(path: Path, said: str | None) -> str:
    """The encoding of a Shapefile's attribute table.

    Parameters
    ----------
    path
        The ``.dbf``.
    said
        What its ``.cpg`` says, if there is one; believed only if the bytes can be read so.
    """
    with path.open("rb") as file:
        header = file.read(32)
        if len(header) < 32:
            return "utf-8"
        rows, start, width = struct.unpack("<IHH", header[4:12])
        file.seek(0)
        names = file.read(start)[32:]
        texts = _text_spans(names)
        sample = bytearray(b"".join(names[i : i + 11].split(b"\0")[0] for i in range(0, len(names) - 32, 32)))
        for _ in range(min(rows, 20_000)):
            record = file.read(width)
            if len(record) < width or len(sample) > SAMPLE:
                break
            for begin, end in texts:
                sample += record[begin:end].rstrip() + b"\n"
    if said:
        # One cut character at the end of a full field is ordinary; a table of them is a wrong label.
        wrong = bytes(sample).decode(said, "replace").count("\ufffd")
        if wrong <= len(sample) / 200:
            return said
    return DBF_LANGUAGES.get(header[29]) or judge(_whole(bytes(sample)))


def known_encoding(name: str) -> str | None:
    """Python's name of an encoding as ``.cpg`` files and people write it; None for one that is unknown.

    Examples
    --------
    >>> known_encoding("UTF8"), known_encoding("936"), known_encoding("ANSI 1252"), known_encoding("klingon")
    ('utf-8', 'gb18030', 'cp1252', None)
    """
    plain = name.strip().lower().replace("ansi", "").replace("oem", "").replace("cp", "").strip(" -_")
    if plain in ("936", "gbk", "gb2312", "gb18030"):
        return "gb18030"
    if plain.isdigit():
        plain = {"65001": "utf-8", "88591": "latin-1"}.get(plain, f"cp{plain}")
    try:
        return codecs.lookup(plain or name).name
    except LookupError:
        return None


def _text_spans(fields: bytes) -> list[tuple[int, int]]:
    """Where in a record the text fields stand; the first byte of a record is its deletion mark."""
    spans, at = [], 1
    for i in range(0, len(fields) - 31, 32):
        width = fields[i + 16]
        if fields[i + 11 : i + 12] == b"C":
            spans.append((at, at + width))
        at += width
    return spans


def _whole(sample: bytes) -> bytes:
    """The sample without characters that a field's end cut through, so that they do not decide."""
    return b"\n".join(_uncut(line) for line in sample.split(b"\n"))


def _uncut(line: bytes) -> bytes:
    begun = BEGUN.search(line)
    if begun is None:
        return line
    rest = line[: begun.start()]
    try:
        rest.decode("utf-8")
    except UnicodeDecodeError:
        return line
    return rest
