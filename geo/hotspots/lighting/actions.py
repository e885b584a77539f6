"""Study a county's light: dark stretches, circuits that fail together, walks after dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from geo.errors import Invalid
from geo.hotspots.lighting.material import Material, load_material
from geo.hotspots.lighting.sayings import say_dark, say_outages, say_walks

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.hotspots.findings import Finding

STUDIES: Final[Mapping[str, Callable[[Material], Finding]]] = {
    "dark_stretches": say_dark,
    "outages": say_outages,
    "night_walk": say_walks,
}


class UnknownStudy(Invalid):
    """No such study of light; the facts list those there are."""


def study_light(
    database: Database,
    tenant: str,
    study: str,
    *,
    progress: Callable[[float], None] | None = None,
) -> Finding:
    """Make one study.

    Parameters
    ----------
    study
        ``dark_stretches``, ``outages`` or ``night_walk``.

    Raises
    ------
    UnknownStudy
        If there is no such study.
    NoLamps
        If the county has no lamps.
    """
    if study not in STUDIES:
        raise UnknownStudy("lighting.unknown_study", study=study, known=", ".join(STUDIES))
    tell = progress or (lambda _: None)
    tell(0.0)
    material = load_material(database, tenant)
    tell(0.4)
    finding = STUDIES[study](material)
    tell(0.9)
    return finding
