"""Chinese place names as people write them, brought to one form, and cut into pairs of letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DIGITS: Final = "零一二三四五六七八九"
TENS: Final = "十百千"
NUMBER: Final = re.compile(rf"[{DIGITS}〇两{TENS}]+(?=号|期|栋|幢|座|弄|组|单元|室|楼)")
"""Chinese numerals that count something; those of a name (五福巷) stay as they are."""

JUNK: Final = re.compile(r"[^0-9a-z㐀-鿿]+")
SAME: Final = str.maketrans({"幢": "栋", "衖": "弄"})

CROSSING: Final = re.compile(r"(交叉口|交汇处|交界处|交叉处|相交处|十字路口|丁字路口|路口|岔口|交口|转角|拐角)")
BETWEEN: Final = re.compile(r"^[与和跟同及到至近靠]?$")
"""What may stand between the two streets of a crossing."""

HOUSE: Final = re.compile(r"^(?P<number>\d{1,4})(?:之(?P<part>\d{1,3})|附(?P<annex>\d{1,3}))?号")


def spoken(text: str) -> str:
    """A text in the form in which names are compared.

    Full width becomes half width, case and everything but letters and digits is dropped, and numerals that count
    something become digits. The empty text stays empty.

    Examples
    --------
    >>> spoken("朝阳路１２ 号(近 五福巷)"), spoken("公租房二期"), spoken("十二号楼"), spoken("")
    ('朝阳路12号近五福巷', '公租房2期', '12号楼', '')
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(SAME)
    return JUNK.sub("", NUMBER.sub(lambda found: _digits(found[0]), plain))


def grams(text: str) -> frozenset[str]:
    """Pairs of letters side by side or with one letter between, of a spoken text.

    A letter that is wrong, missing or too much in the middle of a name of three leaves a pair around it, so the name
    is still found. A text of one letter has none.

    Examples
    --------
    >>> sorted(grams("朝阳路")), sorted(grams("朝路")), grams("路")
    (['朝路', '朝阳', '阳路'], ['朝路'], frozenset())
    """
    return frozenset(
        [text[i : i + 2] for i in range(len(text) - 1)] + [text[i] + text[i + 2] for i in range(len(text) - 2)]
    )


def _digits(numeral: str) -> str:
    """``十二`` → ``12``; a row of digits (``一二``) is read digit by digit.

    Examples
    --------
    >>> _digits("十二"), _digits("二百零五"), _digits("一〇八"), _digits("两")
    ('12', '205', '108', '2')
    """
    numeral = numeral.replace("〇", "零").replace("两", "二")
    if not set(numeral) & set(TENS):
        return "".join(str(DIGITS.index(letter)) for letter in numeral)
    total, digit = 0, 0
    for letter in numeral:
        if letter in TENS:
            total += (digit or 1) * 10 ** (TENS.index(letter) + 1)
            digit = 0
        else:
            digit = DIGITS.index(letter)
    return str(total + digit)
