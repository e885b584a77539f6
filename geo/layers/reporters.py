"""Who reported an event becomes a keyed hash at the door; the name or number itself goes no further.

The key is a file in the home folder, made when the first report with a caller comes in, and never enters the database:
whoever has a copy of the database alone cannot try telephone numbers until one fits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import Unavailable
from geo.keyfiles import KEY_BYTES, make_key
from geo.layers.columns import plain

if TYPE_CHECKING:
    import pyarrow as pa

REPORTER: Final = "reporter"
"""Under this name a mapping says which column holds the caller."""

KEY_FILE: Final = "reporter.key"
HASH_BYTES: Final = 16
ROLE: Final = "来电|致电|举报|投诉|反映|诉求|报料|爆料|报案|报告|上报|联系|申请|市民|群众"
PART: Final = (
    "姓名|名称?|联系方式|方式|联系电话|电话号码|电话|手机号码|手机号|手机|号码"
    "|住址|地址|身份证号码?|身份证|微信号?|账号|编号|id"
)
CHINESE: Final = re.compile(rf"({ROLE})+(人员?|者)?({PART})?|手机(号码?)?|电话(号码)?|姓名|身份证号?码?")
NOT_CALLERS: Final = frozenset(
    {"投诉", "举报", "上报", "反映", "诉求", "报告", "投诉编号", "上报编号", "举报编号", "诉求编号", "报告编号"}
)
"""About the report, not about whoever made it."""

ENGLISH: Final = re.compile(
    r"(reporter|caller|complainants?|informant|requester|submitter|contact|citizen|reportedby|submittedby|calledby)"
    r"(s?(id|name|fullname|phone|phonenumber|number|mobile|tel|telephone|email|mail|hash|address|no))?"
    r"|(phone|mobile|telephone|cell|cellphone)(no|number)?|e?mail(address)?|fullname|firstname|lastname|idnumber"
)
BEST: Final = ("电话", "手机", "号码", "phone", "mobile", "tel", "number", "id")
"""Of several columns about the caller the one whose name holds one of these tells callers apart best."""


NAMELESS: Final = frozenset({"frontage", "illegal_building", "estate", "gas_user", "supply_point"})
"""Layers about places that people own: columns that name them are left out whole, since no field has use for them."""

OWNER: Final = re.compile(
    rf"(经营者|经营人|负责人|法定代表人|法人(代表)?|店主|老板|业主|户主|房主|责任人|签订人|当事人|建房人|联系人)({PART})?"
)


class ReporterKeyLost(Unavailable):
    """The key of reporters cannot be read or made; the message says where it should be."""


@dataclass(frozen=True, slots=True)
class Reporters:
    """The columns of a file that are about who reported, the one that tells callers apart, and the key."""

    columns: tuple[str, ...]
    best: str | None
    key: bytes

    def hashes(self, column: pa.Array) -> pa.Array:
        """The keyed hash of each caller; null where none is named.

        Examples
        --------
        >>> import pyarrow as pa
        >>> said = pa.array(["199 0000", "+86-199-0000", None, " "])
        >>> Reporters(("电话",), "电话", b"k" * 32).hashes(said).to_pylist()
        ['67c42cdf11f8f6182a6e49820e9ef6aa', '67c42cdf11f8f6182a6e49820e9ef6aa', None, None]
        """
        import pyarrow as pa

        from geo.layers.plain_columns import as_text

        texts = as_text(column).dictionary_encode()
        made = [_hash(self.key, text) for text in texts.dictionary.to_pylist()]
        return pa.array(made, pa.string()).take(texts.indices) if made else pa.nulls(len(column), pa.string())


def reporter_columns(columns: Sequence[str]) -> list[str]:
    """The columns that name the caller, or how to reach them, the one that tells callers apart best first.

    Examples
    --------
    >>> reporter_columns(["事件代码", "举报人", "联系电话", "来源", "地址"])
    ['联系电话', '举报人']
    >>> reporter_columns(["Caller-Name", "caller_phone", "address", "status"])
    ['caller_phone', 'Caller-Name']
    """
    found = [name for name in columns if _is_about_caller(plain(name))]
    return sorted(found, key=lambda name: (not any(word in plain(name) for word in BEST), columns.index(name)))


def find_reporters(columns: Sequence[str], mapping: Mapping[str, str], home: Path, tenant: str) -> Reporters:
    """What of a file is about the caller; the key is made when it is first needed.

    Parameters
    ----------
    columns
        The file's columns.
    mapping
        Field → column as said by the caller of the import; ``reporter`` names the column, columns said to be
        something else are left to it.
    home
        Folder that holds the key.
    tenant
        The same caller has another hash in another county.

    Raises
    ------
    ReporterKeyLost
        If the key's file cannot be read or written.
    """
    free = [name for name in columns if name not in mapping.values()]
    said = mapping.get(REPORTER)
    found = reporter_columns(free)
    best = said or next(iter(found), None)
    mine = tuple(dict.fromkeys([*([said] if said else []), *found]))
    return Reporters(mine, best, _county_key(home, tenant) if best else b"")


def person_columns(columns: Sequence[str]) -> list[str]:
    """The columns that name a person, or say how to reach one.

    Examples
    --------
    >>> person_columns(["店名", "经营者姓名", "联系电话", "业态", "户主"])
    ['经营者姓名', '联系电话', '户主']
    """
    return [name for name in columns if OWNER.fullmatch(plain(name)) or _is_about_caller(plain(name))]


def _is_about_caller(name: str) -> bool:
    return bool((CHINESE.fullmatch(name) and name not in NOT_CALLERS) or ENGLISH.fullmatch(name))


def _hash(key: bytes, text: str) -> str | None:
    """Numbers lose separators and the country's prefix, names their spaces and case."""
    bare = re.sub(r"[\s\-()()·.]+", "", text).casefold()
    digits = bare.lstrip("+")
    if digits.isascii() and digits.isdigit():
        bare = re.sub(r"^(00)?86(?=\d{7,})", "", digits)
    return hashlib.blake2b(bare.encode(), key=key, digest_size=HASH_BYTES).hexdigest() if bare else None


def _county_key(home: Path, tenant: str) -> bytes:
    path = home / KEY_FILE
    try:
        if not path.exists():
            make_key(path)
        secret = path.read_bytes()
    except OSError as error:
        raise ReporterKeyLost("layers.reporter_key", file=str(path), reason=error.strerror or "-") from error
    if len(secret) != KEY_BYTES:
        raise ReporterKeyLost("layers.reporter_key", file=str(path), reason=f"{len(secret)} bytes")
    return hashlib.blake2b(tenant.encode(), key=secret, digest_size=KEY_BYTES).digest()
