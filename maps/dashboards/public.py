"""便民地图: where one may park, light fireworks or meet the bureau; for anybody, under the map's 审图号 (D21)."""

from __future__ import annotations

from geo.layers.register import KINDS, get_kind
from maps.dashboards.registers import Register, records_of
from maps.ledgers.spec import Ledger, LedgerTab
from maps.style import groups
from maps.topics import PUBLIC_MAP

REGISTERS = (
    Register("parking", ("name", "street", "kind", "capacity", "opening"), "kind"),
    Register("firework_zone", ("name", "rule", "allowed", "valid_from_on", "valid_to_on", "basis"), "rule"),
    Register("contact_point", ("name", "kind", "hours"), "kind"),
)
"""In the order of the page's table: every layer that is open, and no other.

Vendor points are not: most of them are where hawkers gather, which says where the bureau looks.
"""

assert {one.layer for one in REGISTERS} == {kind.name for kind in KINDS if kind.open}


def open_groups() -> tuple[str, ...]:
    """Groups of the legend that anybody may see; streets by tier and regime are drawn from the public layer.

    Examples
    --------
    >>> open_groups()
    ('tier', 'regime', 'patrol_district', 'admin_area', 'firework_zone', 'parking', 'contact_point')
    """
    streets = ("tier", "regime")
    themes = (get_kind(name) for name in groups() if name not in streets)
    return (*streets, *(kind.name for kind in themes if kind.public or kind.open))


def ledger_of(reporting: bool) -> Ledger:
    """The page; with ``reporting`` it leads to the public form 随手报, where the bureau has switched that on."""
    links = (("/report", "public_report"),) if reporting else ()
    tab = LedgerTab(
        "public", "tab_public", tuple(records_of(one) for one in REGISTERS), notes=("public_note",), links=links
    )
    return Ledger(PUBLIC_MAP, (tab,), asked=("read", "open_layer"), links=(), groups=open_groups())
