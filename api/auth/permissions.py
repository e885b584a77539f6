"""Who may do what: one table, one function, everything else refused.

A *thing* is what is acted on. Layers are things by class: those anybody may see (``public_layer``)
and the rest (``layer``). A role's reach is the whole county, its own area (the 片区 of the
organisation unit it belongs to), or its own: what the member of staff behind the account is in.
Keys have no role; their scopes say the same in their own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geo.errors import Forbidden, NotFound, Unauthenticated
from geo.layers.register import KINDS, LayerKind


class Role(StrEnum):
    """规划, 中队长, 持证执法人员, 协管, 值班台, 管理员, 公众."""

    PLANNER = "planner"
    LEADER = "leader"
    OFFICER = "officer"
    AUXILIARY = "auxiliary"
    DESK = "desk"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"


class Action(StrEnum):
    """What is done."""

    READ = "read"
    WRITE = "write"


class Thing(StrEnum):
    """What it is done to."""

    PUBLIC_LAYER = "public_layer"
    OPEN_LAYER = "open_layer"
    """Places the public is served at; anybody reads them once the county's map has its 审图号."""
    LAYER = "layer"
    PLAN = "plan"
    """Plans of shifts and of 片区 as a whole, and how they came out: never part of an open feed."""
    ROUTE = "route"
    """Who goes where and when: teams, stops, streets, sheets; never part of an open feed."""
    DASHBOARD = "dashboard"
    JOB = "job"
    FINDING = "finding"
    """Forecasts, return rates, proposals: where attention belongs, and why; never part of an open feed."""
    TRACK = "track"
    """Positions and check-ins of people on shift: sent by themselves, seen by who answers for them."""
    CASE = "case"
    """Problems, complaints and the registers of the street."""
    INTAKE = "intake"
    """Complaints on their way in and answers on their way back: what another system sends and fetches."""
    SUBJECT = "subject"
    """Offender files: opened for a purpose, masked, every look written down; never by auxiliaries."""
    CALLER = "caller"
    """Who complained: opened for a purpose, every look written down; the desk calls them back, auxiliaries never."""
    LOG = "log"
    """Roll-calls, handovers, trips of vehicles, recorders: who was there, seen by those who lead."""
    ACCOUNT = "account"
    """Who may come in, and which member of staff they are."""


class Reach(StrEnum):
    """How far a permission goes."""

    COUNTY = "county"
    AREA = "area"
    OWN = "own"
    """Only what the member of staff behind the account is in; nothing for an account that is nobody's."""


Asked = tuple[Action, Thing]

_STAFF = (Role.PLANNER, Role.LEADER, Role.OFFICER, Role.AUXILIARY, Role.DESK, Role.ADMINISTRATOR)


def _all(roles: Iterable[Role], reach: Reach = Reach.COUNTY) -> dict[Role, Reach]:
    return dict.fromkeys(roles, reach)


PERMISSIONS: MappingProxyType[Asked, dict[Role, Reach]] = MappingProxyType(
    {
        (Action.READ, Thing.PUBLIC_LAYER): _all(Role),
        (Action.READ, Thing.OPEN_LAYER): _all(_STAFF),
        (Action.READ, Thing.LAYER): _all(_STAFF),
        (Action.WRITE, Thing.PUBLIC_LAYER): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.OPEN_LAYER): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.LAYER): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.READ, Thing.PLAN): {
            **_all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]),
            **_all([Role.LEADER, Role.OFFICER, Role.AUXILIARY], Reach.AREA),
        },
        (Action.WRITE, Thing.PLAN): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.READ, Thing.ROUTE): {
            **_all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]),
            Role.LEADER: Reach.AREA,
            **_all([Role.OFFICER, Role.AUXILIARY], Reach.OWN),
        },
        (Action.READ, Thing.DASHBOARD): {
            **_all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]),
            Role.LEADER: Reach.AREA,
            **_all([Role.OFFICER, Role.AUXILIARY], Reach.OWN),
        },
        (Action.READ, Thing.JOB): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.JOB): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        (Action.READ, Thing.FINDING): _all(_STAFF),
        (Action.WRITE, Thing.FINDING): _all([Role.PLANNER, Role.ADMINISTRATOR]),
        **{
            (action, Thing.CASE): {
                **_all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]),
                **_all([Role.LEADER, Role.OFFICER, Role.AUXILIARY], Reach.AREA),
            }
            for action in Action
        },
        **{(action, Thing.INTAKE): _all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]) for action in Action},
        **{
            (action, Thing.SUBJECT): {**_all([Role.ADMINISTRATOR]), **_all([Role.LEADER, Role.OFFICER], Reach.AREA)}
            for action in Action
        },
        (Action.READ, Thing.CALLER): {
            **_all([Role.DESK, Role.ADMINISTRATOR]),
            **_all([Role.LEADER, Role.OFFICER], Reach.AREA),
        },
        (Action.READ, Thing.LOG): _all([Role.PLANNER, Role.LEADER, Role.DESK, Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.LOG): _all([Role.PLANNER, Role.LEADER, Role.DESK, Role.ADMINISTRATOR]),
        (Action.READ, Thing.TRACK): _all([Role.PLANNER, Role.DESK, Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.TRACK): {
            **_all([Role.PLANNER, Role.ADMINISTRATOR]),
            **_all([Role.LEADER, Role.OFFICER, Role.AUXILIARY], Reach.AREA),
        },
        (Action.READ, Thing.ACCOUNT): _all([Role.ADMINISTRATOR]),
        (Action.WRITE, Thing.ACCOUNT): _all([Role.ADMINISTRATOR]),
    }
)
"""A pair that is not here is refused to everybody; a role that is not in its row is refused."""

LAYERS = (Thing.PUBLIC_LAYER, Thing.OPEN_LAYER, Thing.LAYER)
"""Classes a layer falls into."""

SCOPE_PERMISSIONS: MappingProxyType[str, frozenset[Asked]] = MappingProxyType(
    {
        "layers:read": frozenset((Action.READ, thing) for thing in LAYERS),
        "layers:write": frozenset((Action.WRITE, thing) for thing in LAYERS),
        "plans:read": frozenset({(Action.READ, Thing.PLAN), (Action.READ, Thing.ROUTE)}),
        "jobs:read": frozenset({(Action.READ, Thing.JOB)}),
        "tracks:write": frozenset({(Action.WRITE, Thing.TRACK)}),
        "intake:write": frozenset({(Action.READ, Thing.INTAKE), (Action.WRITE, Thing.INTAKE)}),
    }
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking.

    Parameters
    ----------
    tenant
        The one county they can ask about.
    name
        Login, ``key:<name>``, or ``public``; what the audit log calls them.
    role
        ``PUBLIC`` for keys and for nobody.
    scopes
        Of a key.
    area
        Codes of the 片区 an account is confined to; None is the whole county.
    account_id, csrf
        Of a signed-in account; ``csrf`` must come along with every write its cookie authenticates.
    staff
        Staff number of the person behind the account; None for an account that is nobody's, and for keys.
    map_open
        Of nobody in particular: whether the county's map has its 审图号, so that anybody may see it.
    """

    tenant: str
    name: str = "public"
    role: Role = Role.PUBLIC
    scopes: frozenset[str] = frozenset()
    area: frozenset[str] | None = None
    account_id: int | None = None
    csrf: str | None = None
    staff: str | None = None
    map_open: bool = False

    @property
    def known(self) -> bool:
        """Whether anybody in particular is asking."""
        return self.name != "public" or self.account_id is not None

    @property
    def inside(self) -> bool:
        """Whether it is somebody of the bureau, signed in; to keys and the public, names of shops go masked (D05).

        Examples
        --------
        >>> Principal("990101", "li", Role.LEADER).inside, Principal("990101", "key:gis").inside
        (True, False)
        """
        return self.role is not Role.PUBLIC


def reach_of(principal: Principal, action: Action, thing: Thing) -> frozenset[str] | bool | None:
    """How far a principal may do it: True everywhere, False nowhere, or the codes of the 片区 where.

    A role that reaches only its own reaches no place: see :func:`own_only`.
    """
    if any((action, thing) in SCOPE_PERMISSIONS.get(scope, frozenset()) for scope in principal.scopes):
        return True
    if principal.map_open and (action, thing) == (Action.READ, Thing.OPEN_LAYER):
        return True
    reach = PERMISSIONS.get((action, thing), {}).get(principal.role)
    if reach is None or reach is Reach.OWN:
        return False
    if reach is Reach.COUNTY or principal.area is None:
        return True
    return principal.area


def area_of(principal: Principal, action: Action, thing: Thing) -> list[str] | None:
    """The 片区 in which a principal may do it, by code; None is the whole county.

    Raises
    ------
    NobodyAllowed, NotAllowed
        If nowhere.

    Examples
    --------
    >>> leader = Principal("990101", "li", Role.LEADER, area=frozenset({"PQ04", "PQ03"}))
    >>> area_of(leader, Action.READ, Thing.CASE)
    ['PQ03', 'PQ04']
    """
    reach = reach_of(principal, action, thing)
    if isinstance(reach, frozenset):
        return sorted(reach)
    if reach is not True:
        demand(principal, action, thing)
    return None


class NotLinked(NotFound):
    """The account is nobody's: what is a person's own cannot be found by it."""


def own_only(principal: Principal, action: Action, thing: Thing) -> str | None:
    """The staff number to whose own things a principal is confined; None if that is not their reach.

    Raises
    ------
    NotLinked
        If it is, and no member of staff is behind the account.

    Examples
    --------
    >>> own_only(Principal("990101", "wang", Role.OFFICER, staff="A07"), Action.READ, Thing.ROUTE)
    'A07'
    >>> own_only(Principal("990101", "li", Role.LEADER, staff="R01"), Action.READ, Thing.ROUTE) is None
    True
    """
    if PERMISSIONS.get((action, thing), {}).get(principal.role) is not Reach.OWN:
        return None
    return staff_of(principal)


def staff_of(principal: Principal) -> str:
    """The staff number behind an account.

    Raises
    ------
    NotLinked
        If there is none.
    """
    if principal.staff is None:
        raise NotLinked("auth.not_linked", login=principal.name)
    return principal.staff


def thing_of(asked: Thing | LayerKind) -> Thing:
    """The class a layer falls into; a thing is itself."""
    if isinstance(asked, LayerKind):
        return Thing.PUBLIC_LAYER if asked.public else Thing.OPEN_LAYER if asked.open else Thing.LAYER
    return asked


def may(principal: Principal, action: Action, asked: Thing | LayerKind, area: str | None = None) -> bool:
    """Whether ``principal`` may do ``action`` to ``asked``.

    Parameters
    ----------
    asked
        A thing, or a layer.
    area
        Code of the 片区 it is about; None asks about the whole county, so a role confined to its
        area is refused.

    Examples
    --------
    >>> leader = Principal("990101", "li", Role.LEADER, area=frozenset({"PQ03"}))
    >>> may(leader, Action.READ, Thing.PLAN, "PQ03"), may(leader, Action.READ, Thing.PLAN, "PQ04")
    (True, False)
    >>> may(Principal("990101"), Action.READ, Thing.PLAN)
    False
    """
    reach = reach_of(principal, action, thing_of(asked))
    if isinstance(reach, bool):
        return reach
    return reach is not None and area in reach


class NotAllowed(Forbidden):
    """Known, but not allowed."""


class NobodyAllowed(Unauthenticated):
    """Nobody in particular, and that is not enough."""


def demand(principal: Principal, action: Action, asked: Thing | LayerKind, area: str | None = None) -> None:
    """Refuse unless :func:`may` allows.

    Raises
    ------
    NobodyAllowed
        If nobody is signed in and no key was given.
    NotAllowed
        If the caller is known and may not.
    """
    if may(principal, action, asked, area):
        return
    if not principal.known:
        raise NobodyAllowed("auth.needed")
    raise NotAllowed("auth.not_allowed", action=action.value, thing=thing_of(asked).value)


def readable_kinds(principal: Principal) -> tuple[LayerKind, ...]:
    """The layers a principal may read, in drawing order."""
    return tuple(kind for kind in KINDS if may(principal, Action.READ, kind))
