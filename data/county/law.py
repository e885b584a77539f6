"""文书与阶梯 of the made-up bureau: its powers, shops met more than once, notices that run, fall due and are done.

Nothing is drawn by chance. Shops are those of the county's fronts; powers, bodies and articles are samples and no law.
Formal steps were signed by the two licensed officers of one squadron, on working days on which both were on duty.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty
    from geo.cases.formal.actions import Signer

NAMES: Final = uuid.UUID("b4a64c8e-1b35-5f7e-8a36-990101ca0002")
LOCAL: Final = ZoneInfo("Asia/Shanghai")
SYSTEM: Final = "GB/T 30428.2-2013"

POWERS: Final = (
    "事项编码,事项类型,事项名称,法律依据,事件代码,裁量档次,适用对象,最低罚款,最高罚款,审核要求\n"
    "P-001,行政处罚,占道经营,示例条例第一条,04-05;04-06;04-01,一般,不分,50,2000,\n"
    "P-002,行政处罚,乱倒渣土,示例条例第二条,01-11,一般,不分,100,5000,\n"
)
BODIES: Final = "主体编号,主体名称,主体性质,文书字头\nB1,示例县城市管理局,行政机关,示城管\n"
RULES: Final = "代码体系,事件代码,回溯期,范围,二违\n,,12,50,警示\n"
EXEMPTIONS: Final = (
    "清单编号,类别,事项,事件代码,适用条件,改正期限,依据\n"
    "免-1,轻微免罚,店外经营,04-05,违法行为轻微;及时改正;没有造成危害后果,1,示例清单\n"
)
MINOR: Final = ("minor", "corrected", "no_harm")

SHOPS: Final = 12
MET: Final = (70, 33, 12)
"""Days ago on which a shop may have been met; the first shops once, the next twice, the last three times."""

NOTICES: Final = (
    ("rectify", 1, "", "corrected"), ("rectify", 1, "", "corrected"), ("rectify", 1, "", "not_corrected"),
    ("deadline", 1, "", "gone"), ("rectify", 1, "", ""), ("rectify", 2, "", ""), ("deadline", 7, "", ""),
    ("deadline", 12, "extend", ""), ("rectify", 5, "", ""), ("rectify", 9, "unserved", ""),
    ("deadline", 9, "draft", ""),
)  # fmt: skip
"""Kind, days to put it right, how far it came, what the recheck found (nothing: nobody has looked)."""


def save_law(session: Session, tenant: str, home: Path, county: SampleCounty, actor: str) -> None:
    """Put powers and rules in, write down who was met and what was decided, and the notices."""
    from geo.cases.ladder.rules import import_exemptions, import_rules
    from geo.cases.powers.actions import import_bodies, import_powers

    import_powers(session, tenant, POWERS.encode(), actor)
    import_bodies(session, tenant, BODIES.encode(), actor)
    import_rules(session, tenant, RULES.encode(), actor)
    import_exemptions(session, tenant, EXEMPTIONS.encode(), actor)
    days = _signing_days(county)
    if not days:
        return
    shops = _note_shops(session, tenant, home, county, actor)
    _climb(session, tenant, county, shops, days, actor)
    _give_notice(session, tenant, home, county, shops, days)


def _signing_days(county: SampleCounty) -> list[tuple[dt.date, Signer, Signer]]:
    """Past days with two licensed officers of one squadron on the day shift, the first first."""
    from geo.cases.formal.actions import Signer

    staff = county.staff[county.staff["licence_no"].notna()].set_index("code")
    duties = county.duties[(county.duties["shift_code"] == "day") & (county.duties["on_date"] < county.today)]
    found: list[tuple[dt.date, Signer, Signer]] = []
    for on in sorted(set(duties["on_date"])):
        rows = duties[duties["on_date"] == on]
        licensed = [code for code in rows["staff"] if code in staff.index]
        for org in dict.fromkeys(staff.loc[licensed, "org"]):
            pair = [code for code in licensed if staff.loc[code, "org"] == org]
            if org != "D" and len(pair) >= 2:
                first, second = (Signer(code.lower(), code) for code in pair[:2])
                found.append((on, first, second))
    return found


def _note_shops(
    session: Session, tenant: str, home: Path, county: SampleCounty, actor: str
) -> list[tuple[int, Any, str]]:
    """Files of shops, confirmed by an officer: id, spot, 片区."""
    from geo.cases.secrets.actions import open_secrets
    from geo.cases.subjects.actions import confirm_subject, note_subject
    from geo.cases.subjects.identity import Identity
    from geo.db.counties import get_county
    from geo.features.locate import district_at

    keys, where = open_secrets(session, tenant, home), get_county(session, tenant)
    officer = _regular(county)
    files: list[tuple[int, Any, str]] = []
    for shop in county.layers["frontage"].iloc[3::24].itertuples():
        spot = shop.geometry.interpolate(0.5, normalized=True)
        district = district_at(session, where, spot.x, spot.y)
        if district is None or len(files) == SHOPS:
            continue
        uid = uuid.uuid5(NAMES, f"{county.seed}/shop/{shop.code}")
        number = note_subject(session, tenant, keys, uid, Identity("shop", str(shop.name)), district, actor)
        confirm_subject(session, tenant, number, officer, actor)
        files.append((number, spot, district))
    return files


def _climb(
    session: Session, tenant: str, county: SampleCounty, shops: list[tuple[int, Any, str]],
    days: list[tuple[dt.date, Signer, Signer]], actor: str,
) -> None:  # fmt: skip
    """First met: persuaded; again: cautioned; a third time: a penalty case, or none by the list of exemptions."""
    from geo.cases.ladder.actions import Decision, IncidentDraft, decide, record_incident
    from geo.cases.penalties.actions import take_step
    from geo.cases.penalties.guards import StepOrder
    from geo.cases.penalties.queries import list_penalties

    officer = _signer(county)
    for n, (subject, spot, _) in enumerate(shops):
        code = ("04-05", "04-06")[n // 2 % 2]
        for turn, ago in enumerate(MET[: 1 + n % 3]):
            third = turn == 2
            on, *pair = days[n % len(days)] if third else (county.today - dt.timedelta(ago + n), officer)
            conditions = MINOR if third and code == "04-05" else ()
            draft = IncidentDraft(
                uuid.uuid5(NAMES, f"{county.seed}/met/{n}/{turn}"), SYSTEM, code, _at(on, 9 + n % 3), spot.x, spot.y,
                subject, conditions, permit_checked=True,
            )  # fmt: skip
            row = record_incident(session, tenant, draft, officer.staff, actor)
            step = row["proposed"]
            formal = step in ("warn", "penalise")
            chosen = Decision(
                step, education="已当面说明示例条例,当场改正" if step == "exempt" else "",
                item="P-001" if formal else "", body="B1" if formal else "",
            )  # fmt: skip
            for signer in pair if formal else (officer,):
                decide(session, tenant, row["id"], chosen, signer)
    for n, case in enumerate(list_penalties(session, tenant, None, None, None, 99)):
        on, first, second = days[-1]
        if n % 2 == 0:
            order = StepOrder("decide_on_spot", _at(on, 15), decision="fine", amount_yuan=50)
            for signer in (first, second):
                take_step(session, tenant, case["id"], order, signer)


def _give_notice(
    session: Session, tenant: str, home: Path, county: SampleCounty, shops: list[tuple[int, Any, str]],
    days: list[tuple[dt.date, Signer, Signer]],
) -> None:  # fmt: skip
    """Notices in every state, and what was found when the day had come."""
    from geo.cases.notices.actions import (
        DocumentDraft,
        DocumentStep,
        draft_document,
        end_recheck,
        make_rechecks,
        take_step,
    )
    from geo.cases.notices.queries import list_rechecks
    from geo.cases.secrets.actions import open_secrets

    keys, found = open_secrets(session, tenant, home), {}
    for n, ((kind, due, way, result), (subject, spot, _)) in enumerate(zip(NOTICES, shops, strict=False)):
        on, first, second = days[n % max(len(days) - 1, 1) if result or due < 3 else -1]
        uid = uuid.uuid5(NAMES, f"{county.seed}/notice/{n}")
        content = {"said": "门前堆放货物,责令清理" if kind == "rectify" else "限期拆除占道雨棚"}
        draft = DocumentDraft(
            uid, kind, "P-001", "B1", spot.x, spot.y, content, subject, due_on=on + dt.timedelta(due)
        )  # fmt: skip
        number = draft_document(session, tenant, keys, draft, first)
        steps = [] if way == "draft" else [DocumentStep("issue", _at(on, 10))]
        steps += [] if way in ("draft", "unserved") else [DocumentStep("serve", _at(on, 11), service="direct")]
        if way == "extend":
            steps.append(DocumentStep("extend", _at(on, 15), "货架已订,待安装", due_on=on + dt.timedelta(due + 7)))
        for step in steps:
            for signer in (first, second):
                take_step(session, tenant, number, step, signer)
        found[number] = result
    make_rechecks(session, tenant, county.today)
    for row in list_rechecks(session, tenant, area=None, only_open=True):
        if found.get(row["document_id"]):
            end_recheck(
                session, tenant, row["id"], found[row["document_id"]], "现场复查", _signer(county),
                max(_at(county.today - dt.timedelta(1), 16), _at(row["due_on"], 16)),
            )  # fmt: skip


def _signer(county: SampleCounty) -> Signer:
    from geo.cases.formal.actions import Signer

    code = _regular(county)
    return Signer(code.lower(), code)


def _regular(county: SampleCounty) -> str:
    staff = county.staff
    return str(staff[(staff["kind"] == "regular") & staff["active"]]["code"].iloc[1])


def _at(on: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), LOCAL)
