"""Words of a page in one language: sentences from the catalogue, names of layers and fields from the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup

from geo.layers.register import get_kind
from geo.messages import Language, catalogue, say
from geo.openings import in_words, say_opening

LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
DATA_LANGUAGE = "zh-CN"
"""Language of names that come from a bureau's data; they are marked so that readers aloud switch voice."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything a template may say.

    Examples
    --------
    >>> Texts("en").layer("streetlight"), Texts("zh").layer("streetlight")
    ('Streetlights', '路灯')
    """

    language: Language
    time_zone: dt.tzinfo = dt.UTC

    @property
    def locale(self) -> str:
        """BCP 47 tag for ``lang``."""
        return LOCALES[self.language]

    @property
    def other(self) -> Language:
        """The language the switch leads to."""
        return "en" if self.language == "zh" else "zh"

    def __call__(self, key: str, **facts: object) -> str:
        """The sentence ``maps.<key>``."""
        return say(f"maps.{key}", self.language, **facts)

    def reason(self, code: str, facts: dict[str, object]) -> str:
        """A sentence of any room by its full code, such as why a stop stayed out of a plan.

        Names among the facts are put between U+2068 and U+2069, so that a page can mark them as data.
        """
        told = in_words(facts, self.language)
        marked = {name: f"\u2068{fact}\u2069" if isinstance(fact, str) else fact for name, fact in told.items()}
        return say(code, self.language, **marked)

    def opening(self, opening: str | None) -> str:
        """Opening hours in words.

        Examples
        --------
        >>> Texts("zh").opening("Mo-Fr 07:00-08:10")
        '周一至周五 07:00–08:10'
        """
        return say_opening(opening, self.language) or "—"

    def layer(self, kind_name: str) -> str:
        """Title of a layer."""
        kind = get_kind(kind_name)
        return kind.zh if self.language == "zh" else kind.en

    def field(self, kind_name: str, field_name: str) -> str:
        """Name of an attribute, its first letter large in English."""
        about = next(field.about for field in get_kind(kind_name).fields if field.name == field_name)
        return about.zh if self.language == "zh" else about.en[:1].upper() + about.en[1:]

    def choice(self, field_name: str, value: str) -> str:
        """A coded value in words; the value itself when the catalogue has no word for it."""
        key = f"maps.{field_name}_{value}"
        return say(key, self.language) if key in catalogue() else value

    def sources(self, names: str) -> str:
        """Data sets in words where the catalogue has some, by their names otherwise.

        Examples
        --------
        >>> Texts("en").sources("sample, roads.gpkg")
        'Sample data, roads.gpkg'
        """
        return ", ".join(self.choice("source", name) for name in names.split(", "))

    def time(self, at: dt.datetime) -> str:
        """Local time of day, ``08:05``."""
        return at.astimezone(self.time_zone).strftime("%H:%M")

    def day(self, on: dt.date) -> str:
        """A date with its weekday, ``2026-11-22 周日``."""
        return f"{on.isoformat()} {self('weekday_' + str(on.isoweekday()))}"

    def moment(self, at: dt.datetime) -> str:
        """Local date and time to the minute."""
        return at.astimezone(self.time_zone).strftime("%Y-%m-%d %H:%M")

    def minutes(self, seconds: float) -> str:
        """A length of time as hours and minutes.

        Examples
        --------
        >>> Texts("zh").minutes(5400), Texts("en").minutes(300)
        ('1小时30分', '5 min')
        """
        hours, rest = divmod(round(seconds / 60), 60)
        return self("hours_minutes", hours=hours, minutes=rest) if hours else self("only_minutes", minutes=rest)

    def distance(self, metres: float) -> str:
        """A length in km with one digit."""
        return f"{metres / 1000:.1f} km"

    def data(self, text: str | None) -> Markup:
        """A name from the data, escaped, and marked as not being one of the page's own words."""
        return Markup('<bdi lang="{}">{}</bdi>').format(DATA_LANGUAGE, text) if text else Markup("—")
