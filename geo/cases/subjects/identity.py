"""Who a file is about, as an officer writes it down, and what of it may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo.cases.secrets.masks import mask_in, mask_name, mask_number
from geo.cases.secrets.sealing import Secrets
from geo.errors import Invalid

SEALED = ("name", "owner", "phone", "number")


class IdentityIncomplete(Invalid):
    """A file needs a name; the facts name the field."""


class NumberTooEarly(Invalid):
    """A person's identity number is written down within a penalty only (个人信息保护法 art. 6, 34)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person or shop.

    Parameters
    ----------
    kind
        ``person`` or ``shop``.
    name
        Of a person the name, of a shop its signboard.
    owner
        Of a shop, who keeps it; empty for a person.
    phone, number
        Telephone; identity number of a person, 统一社会信用代码 of a shop. Empty where not known.
    """

    kind: str
    name: str
    owner: str = ""
    phone: str = ""
    number: str = ""

    def masked(self) -> str:
        """What is shown outside: a person by the first character, a shop without its owner's name in it.

        Examples
        --------
        >>> Identity("person", "张三丰").masked(), Identity("shop", "王小二烧烤", "王小二").masked()
        ('张**', '王**烧烤')
        """
        return mask_name(self.name) if self.kind == "person" else mask_in(self.name, (self.owner,))

    def shown(self, *, whole: bool) -> dict[str, str]:
        """The fields, whole or masked.

        Examples
        --------
        >>> Identity("person", "张三丰", phone="13812345678").shown(whole=False)
        {'name': '张**', 'owner': '', 'phone': '138****5678', 'number': ''}
        """
        if whole:
            return {name: getattr(self, name) for name in SEALED}
        return {
            "name": self.masked(),
            "owner": mask_name(self.owner),
            "phone": mask_number(self.phone),
            "number": mask_number(self.number, 4, 2),
        }


def check_identity(identity: Identity, *, in_penalty: bool) -> None:
    """Refuse one without a name, or with an identity number before there is a penalty.

    Raises
    ------
    IdentityIncomplete, NumberTooEarly
    """
    if not identity.name.strip():
        raise IdentityIncomplete("subjects.no_name", field="name")
    if identity.kind == "person" and identity.number.strip() and not in_penalty:
        raise NumberTooEarly("subjects.number_too_early")


def seal_identity(keys: Secrets, identity: Identity) -> dict[str, Any]:
    """The columns of a file: each text sealed, hashes to find it, the mask; empty texts become none."""
    sealed = {
        f"{name}_sealed": keys.seal(text, f"subject.{name}") if (text := getattr(identity, name).strip()) else None
        for name in SEALED
    }
    hashes = {f"{name}_hash": keys.match_hash(name, getattr(identity, name)) for name in ("name", "phone", "number")}
    return {**sealed, **hashes, "kind": identity.kind, "mask": identity.masked()}


def unseal_identity(keys: Secrets, row: dict[str, Any]) -> Identity:
    """The identity of a file's row.

    Raises
    ------
    KeyLost, SealBroken
        As :meth:`~geo.cases.secrets.sealing.Secrets.unseal`.
    """
    opened = {
        name: keys.unseal(bytes(row[f"{name}_sealed"]), f"subject.{name}") if row[f"{name}_sealed"] else ""
        for name in SEALED
    }
    return Identity(row["kind"], **opened)
