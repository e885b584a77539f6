"""What OSM tags mean to us: which layer, which fields. Pure functions of a tag dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo.layers.street_classes import tier_of

Tags = Mapping[str, str]

TURN_RULES = frozenset(
    f"{word}_{turn}" for word in ("no", "only") for turn in ("left_turn", "right_turn", "straight_on", "u_turn")
)

CAR_CLASSES = frozenset(
    "motorway trunk primary secondary tertiary unclassified residential living_street service road track".split()
)
CYCLE_CLASSES = (CAR_CLASSES - {"motorway"}) | {"cycleway", "path", "bridleway"}
NOT_ON_FOOT = frozenset({"motorway"})
NOT_OPEN = frozenset({"construction", "proposed", "planned", "abandoned", "disused", "razed", "no"})
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "military", "emergency"})
ONE_WAY_RINGS = frozenset({"roundabout", "circular"})
PERSONAL = ("contact:", "phone", "email", "fax", "website", "url", "source", "created_by", "wikidata", "wikipedia")
"""Tags that name people or say nothing about the place; they are not kept."""

SCHOOLS = frozenset({"school", "kindergarten", "college", "university"})
MARKET_NAME = re.compile(r"菜市场|农贸市场|农产品市场|菜场|集贸市场|批发市场|集市")
NUMBER = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)")
MPH = 1.609344


def road_fields(tags: Tags) -> dict[str, object] | str:
    """Fields of a street, or the reason code why this highway is none.

    Examples
    --------
    >>> found = road_fields({"highway": "primary_link", "oneway": "-1", "bridge": "yes", "maxspeed": "30 mph"})
    >>> [found[k] for k in ("road_class", "tier", "oneway", "level", "car", "speed_kmh")]
    ['primary_link', 'main', -1, 1, True, 48.3]
    >>> road_fields({"highway": "proposed"}), road_fields({"highway": "platform"})
    ('left.not_open', 'left.no_street')
    """
    value = tags["highway"]
    if value in NOT_OPEN:
        return "left.not_open"
    tier = tier_of(value)
    if tier is None or tags.get("area") == "yes":
        return "left.no_street"
    base = value.removesuffix("_link")
    return {
        "name": _name(tags) or tags.get("ref"),
        "road_class": value,
        "tier": tier,
        "oneway": one_way(tags),
        "level": level_of(tags),
        "foot": _open(tags, ("foot", "access"), base not in NOT_ON_FOOT),
        "ebike": _open(tags, ("bicycle", "vehicle", "access"), base in CYCLE_CLASSES),
        "car": _open(tags, ("motorcar", "motor_vehicle", "vehicle", "access"), base in CAR_CLASSES),
        "speed_kmh": speed_of(tags.get("maxspeed", "")),
    }


def turn_fields(tags: Tags, members: Sequence[tuple[str, int, str]]) -> tuple[dict[str, object], int] | str | None:
    """Fields of a forbidden turn and the node it is at; the reason code why one is left out; None if it is no turn.

    Parameters
    ----------
    members
        (type, id, role) of the relation's members.

    Examples
    --------
    >>> members = [("w", 1, "from"), ("n", 7, "via"), ("w", 2, "to")]
    >>> fields, via = turn_fields({"type": "restriction", "restriction": "no_left_turn", "except": "bicycle"}, members)
    >>> fields["rule"], fields["from_road"], fields["to_road"], fields["car"], fields["ebike"], via
    ('no_left_turn', 'way/1', 'way/2', True, False, 7)
    >>> turn_fields({"type": "restriction", "restriction": "no_left_turn"}, [("w", 1, "from"), ("w", 3, "via")])
    'left.turn_over_ways'
    """
    rule = tags.get("restriction")
    if tags.get("type") != "restriction" or rule is None:
        return None
    if rule not in TURN_RULES:
        return "left.turn_unknown"
    roles: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
    for kind, ref, role in members:
        if role in roles:
            roles[role].append((kind, ref))
    if [kind for part in ("from", "via", "to") for kind, _ in roles[part]] != ["w", "n", "w"]:
        return "left.turn_over_ways"
    spared = {word.strip() for word in tags.get("except", "").split(";")}
    fields: dict[str, object] = {
        "rule": rule,
        "from_road": f"way/{roles['from'][0][1]}",
        "to_road": f"way/{roles['to'][0][1]}",
        "ebike": "bicycle" not in spared,
        "car": not spared & {"motorcar", "motor_vehicle", "vehicle"},
    }
    if not (fields["ebike"] or fields["car"]):
        return "left.turn_unknown"
    return fields, roles["via"][0][1]


def one_way(tags: Tags) -> int:
    """1 along the line, -1 against it, 0 both; motorways and roundabouts are one-way unless said otherwise.

    Examples
    --------
    >>> one_way({"highway": "motorway"}), one_way({"oneway": "reverse"})
    (1, -1)
    >>> one_way({"junction": "roundabout"}), one_way({"junction": "roundabout", "oneway": "no"})
    (1, 0)
    """
    said = tags.get("oneway", "").strip().lower()
    if said in ("-1", "reverse"):
        return -1
    if said in ("yes", "1", "true"):
        return 1
    if said in ("no", "0", "false", "reversible", "alternating"):
        return 0
    ring = tags.get("junction") in ONE_WAY_RINGS
    return int(ring or tags.get("highway") in ("motorway", "motorway_link"))


def level_of(tags: Tags) -> int:
    """Level above ground: ``layer`` where it is said, else 1 for bridges, -1 for tunnels, within ±5.

    Examples
    --------
    >>> level_of({"layer": "2"}), level_of({"bridge": "viaduct"}), level_of({"tunnel": "building_passage"})
    (2, 1, 0)
    """
    said = NUMBER.match(tags.get("layer", ""))
    if said:
        return max(-5, min(5, int(float(said[1]))))
    if tags.get("bridge", "no") != "no":
        return 1
    return -1 if tags.get("tunnel", "no") not in ("no", "building_passage") else 0


def speed_of(text: str) -> float | None:
    """km/h of a ``maxspeed``; None for words and nonsense.

    Examples
    --------
    >>> speed_of("60"), speed_of("20 mph"), speed_of("CN:urban"), speed_of("0")
    (60.0, 32.2, None, None)
    """
    said = NUMBER.match(text)
    if not said:
        return None
    speed = round(float(said[1]) * (MPH if "mph" in text else 1.0), 1)
    return speed if 0 < speed <= 200 else None


def building_fields(tags: Tags) -> dict[str, object] | None:
    """Fields of a building outline, None for anything else."""
    kind = tags.get("building", "no")
    if kind == "no":
        return None
    levels = metres(tags.get("building:levels", ""))
    return {
        "name": _name(tags),
        "kind": None if kind == "yes" else kind,
        "levels": None if levels is None or not 0 < levels < 300 else round(levels),
        "height_m": metres(tags.get("height", tags.get("building:height", ""))),
    }


def zone_kind(tags: Tags) -> str | None:
    """Which kind of hotspot zone the tags describe, None for none.

    Examples
    --------
    >>> zone_kind({"amenity": "kindergarten"}), zone_kind({"shop": "mall", "name": "东门菜市场"})
    ('school', 'market')
    >>> zone_kind({"shop": "mall"}) is None
    True
    """
    amenity = tags.get("amenity", "")
    if amenity in SCHOOLS:
        return "school"
    if amenity in ("hospital", "clinic") or tags.get("healthcare") == "hospital":
        return "hospital"
    if amenity == "marketplace":
        return "market"
    if ("shop" in tags or tags.get("landuse") in ("retail", "commercial")) and MARKET_NAME.search(tags.get("name", "")):
        return "market"
    if "construction" in (tags.get("landuse"), tags.get("building")):
        return "construction"
    if amenity in ("bus_station", "ferry_terminal") or tags.get("railway") in ("station", "halt"):
        return "transit"
    return "transit" if tags.get("public_transport") == "station" else None


def zone_fields(tags: Tags, kind: str) -> dict[str, object]:
    """Fields of a hotspot zone but its name, which may have to be made."""
    return {"name": _name(tags), "kind": kind, "opening": tags.get("opening_hours")}


def area_layer(tags: Tags) -> tuple[str, dict[str, object]] | None:
    """Basemap layer and fields of an area, None for none."""
    if (
        tags.get("natural") == "water"
        or tags.get("waterway") in ("riverbank", "dock")
        or tags.get("landuse") in ("reservoir", "basin")
    ):
        return "water", {
            "name": _name(tags),
            "kind": tags.get("water") or tags.get("waterway") or tags.get("landuse") or "water",
        }
    for key in ("landuse", "leisure"):
        if key in tags and tags[key] != "no":
            return "landuse", {"name": _name(tags), "kind": tags[key]}
    if tags.get("natural") in ("wood", "scrub", "grassland", "heath", "beach", "wetland"):
        return "landuse", {"name": _name(tags), "kind": tags["natural"]}
    return None


def admin_fields(tags: Tags) -> dict[str, object] | None:
    """Fields of an administrative area between county and community, None for others and unnamed ones.

    Notes
    -----
    OSM's ``admin_level`` in China: 6 county, 8 town or street office, 10 village or community; 7 and 9
    are put with the level below them, as other countries use them.
    """
    if tags.get("boundary") != "administrative" or _name(tags) is None:
        return None
    level = {"6": "county", "7": "town", "8": "town", "9": "village", "10": "village"}.get(tags.get("admin_level", ""))
    code = tags.get("ref:GB2260") or tags.get("division_code") or tags.get("ref")
    return {"name": _name(tags), "code": code, "level": level} if level else None


def metres(text: str) -> float | None:
    """The number a measure begins with, feet and inches apart; None for none.

    Examples
    --------
    >>> metres("12.5 m"), metres("40'"), metres("high")
    (12.5, 12.2, None)
    """
    said = NUMBER.match(text)
    if not said:
        return None
    return round(float(said[1]) * 0.3048, 1) if "'" in text or "ft" in text else float(said[1])


def left_over(tags: Tags) -> dict[str, str]:
    """Tags kept beside the fields: all but what names people or the mapping itself."""
    return {key: value for key, value in tags.items() if not key.startswith(PERSONAL)}


def _name(tags: Tags) -> str | None:
    return next(
        (tags[key] for key in ("name", "name:zh", "name:en", "official_name") if tags.get(key, "").strip()), None
    )


def _open(tags: Tags, keys: tuple[str, ...], usual: bool) -> bool:
    """Whether a way is open: the most particular tag decides, the class where none speaks."""
    for key in keys:
        if key in tags:
            if tags[key] in CLOSED:
                return False
            # "access=yes" says nothing new of a footway to a car; "motorcar=yes" does.
            return True if key != "access" else usual
    return usual
