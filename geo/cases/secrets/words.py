"""Free text that is stored readable: reasons, notes, opinions. Numbers of persons have their own, sealed fields."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geo.errors import Invalid

NUMBERS: Final = re.compile(
    r"(?<!\d)(?:(?:00|\+)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)"
)
"""A mainland mobile number, also with its country code or in groups; an identity number of 18 characters."""


class NumberInText(Invalid):
    """A telephone or identity number in a text that is kept readable; the facts name the field, never the number."""


def refuse_numbers(**texts: str) -> None:
    """Refuse texts that hold a telephone or identity number, full-width digits too.

    Parameters
    ----------
    texts
        By the name of their field.

    Raises
    ------
    NumberInText

    Examples
    --------
    >>> refuse_numbers(note="某城管责改字〔2026〕第0001号,罚款 200 元")
    >>> refuse_numbers(note="电话１３８ 1234 5678")
    Traceback (most recent call last):
    geo.cases.secrets.words.NumberInText: secrets.number_in_text: {'field': 'note'}
    """
    for field, said in texts.items():
        if NUMBERS.search(unicodedata.normalize("NFKC", said)):
            raise NumberInText("secrets.number_in_text", field=field)
