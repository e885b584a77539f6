"""The SQL of accounts, sessions and keys; every statement inside ``Database.begin(tenant)``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from geo.tables.accounts import Account, AccountStaff, ApiKey, LoginSession
from geo.tables.districts import PatrolDistrict
from geo.tables.organisation import OrgUnit, Staff


def find_account(session: Session, tenant: str, login: str, *, lock: bool = False) -> Account | None:
    """An account by login; ``lock`` keeps a second attempt waiting, so that failures are counted one by one."""
    wanted = select(Account).where(Account.tenant == tenant, Account.login == login)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def load_accounts(session: Session, tenant: str) -> Sequence[Row[Account, str | None, str | None, str | None]]:
    """All accounts in order of login, with the code of their unit and the number and name of who is behind them."""
    return session.execute(
        select(Account, OrgUnit.code, Staff.code, Staff.name)
        .outerjoin(OrgUnit, (OrgUnit.tenant == Account.tenant) & (OrgUnit.id == Account.org_unit_id))
        .outerjoin(AccountStaff, (AccountStaff.tenant == Account.tenant) & (AccountStaff.account_id == Account.id))
        .outerjoin(Staff, (Staff.tenant == AccountStaff.tenant) & (Staff.id == AccountStaff.staff_id))
        .where(Account.tenant == tenant)
        .order_by(Account.login)
    ).all()


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Id of the member of staff in service with that number."""
    return session.scalar(select(Staff.id).where(Staff.tenant == tenant, Staff.code == code, Staff.active))


def find_login_of(session: Session, tenant: str, staff_id: int) -> str | None:
    """Login of the account behind which a member of staff is."""
    return session.scalar(
        select(Account.login)
        .join(AccountStaff, (AccountStaff.tenant == Account.tenant) & (AccountStaff.account_id == Account.id))
        .where(AccountStaff.tenant == tenant, AccountStaff.staff_id == staff_id)
    )


def insert_link(session: Session, tenant: str, account_id: int, staff_id: int, actor: str) -> None:
    """Put a member of staff behind an account that nobody is behind."""
    session.execute(
        insert(AccountStaff).values(tenant=tenant, account_id=account_id, staff_id=staff_id, linked_by=actor)
    )


def delete_link(session: Session, tenant: str, account_id: int) -> bool:
    """Take whoever is behind an account away; False if nobody was."""
    gone = delete(AccountStaff).where(AccountStaff.tenant == tenant, AccountStaff.account_id == account_id)
    return session.execute(gone.returning(AccountStaff.staff_id)).first() is not None


def find_first_member(session: Session, tenant: str, role: str, unit: str | None) -> str | None:
    """Number of the first member of staff in service who can hold a role and is behind no account.

    Those of the unit come first, then by number: with a licence for an officer, an auxiliary for an auxiliary.
    """
    can = {"officer": Staff.licence_no.is_not(None), "auxiliary": Staff.kind == "auxiliary"}.get(
        role, Staff.kind == "regular"
    )
    taken = select(AccountStaff.staff_id).where(AccountStaff.tenant == tenant)
    return session.scalar(
        select(Staff.code)
        .outerjoin(OrgUnit, (OrgUnit.tenant == Staff.tenant) & (OrgUnit.id == Staff.org_unit_id))
        .where(Staff.tenant == tenant, Staff.active, can, Staff.id.not_in(taken))
        .order_by((OrgUnit.code == unit).desc().nulls_last(), Staff.code)
        .limit(1)
    )


def find_org_unit(session: Session, tenant: str, code: str) -> int | None:
    """Id of the organisation unit with that code."""
    return session.scalar(select(OrgUnit.id).where(OrgUnit.tenant == tenant, OrgUnit.code == code))


def find_first_squad(session: Session, tenant: str) -> str | None:
    """Code of the first organisation unit, in order of code, that has a 片区 of its own."""
    own = select(PatrolDistrict.org_unit_id).where(PatrolDistrict.tenant == tenant)
    return session.scalar(
        select(OrgUnit.code).where(OrgUnit.tenant == tenant, OrgUnit.id.in_(own)).order_by(OrgUnit.code).limit(1)
    )


def load_area(session: Session, tenant: str, org_unit_id: int) -> frozenset[str]:
    """Codes of the 片区 of an organisation unit and of all units under it."""
    below = select(OrgUnit.id).where(OrgUnit.tenant == tenant, OrgUnit.id == org_unit_id).cte("below", recursive=True)
    below = below.union(select(OrgUnit.id).where(OrgUnit.tenant == tenant, OrgUnit.parent_id == below.c.id))
    codes = select(PatrolDistrict.code).where(
        PatrolDistrict.tenant == tenant, PatrolDistrict.org_unit_id.in_(select(below.c.id))
    )
    return frozenset(session.scalars(codes))


def insert_session(
    session: Session, tenant: str, account_id: int, token_hash: bytes, csrf: str, lifetime: dt.timedelta
) -> None:
    """Start a session that ends by the database's clock; sessions of the county that are over go."""
    session.execute(delete(LoginSession).where(LoginSession.tenant == tenant, LoginSession.expires_at < func.now()))
    session.execute(
        insert(LoginSession).values(
            tenant=tenant, account_id=account_id, token_hash=token_hash, csrf=csrf, expires_at=func.now() + lifetime
        )
    )


def find_session(
    session: Session, tenant: str, token_hash: bytes
) -> Row[int, str, str, int | None, str, str | None] | None:
    """The account, CSRF token and staff number of a running session of an active account."""
    return session.execute(
        select(
            Account.id, Account.login, Account.role, Account.org_unit_id, LoginSession.csrf, Staff.code.label("staff")
        )
        .join_from(
            LoginSession, Account, (Account.tenant == LoginSession.tenant) & (Account.id == LoginSession.account_id)
        )
        .outerjoin(AccountStaff, (AccountStaff.tenant == Account.tenant) & (AccountStaff.account_id == Account.id))
        .outerjoin(Staff, (Staff.tenant == AccountStaff.tenant) & (Staff.id == AccountStaff.staff_id) & Staff.active)
        .where(
            LoginSession.tenant == tenant,
            LoginSession.token_hash == token_hash,
            LoginSession.expires_at > func.now(),
            Account.active,
        )
    ).one_or_none()


def delete_session(session: Session, tenant: str, token_hash: bytes) -> None:
    """End a session."""
    session.execute(delete(LoginSession).where(LoginSession.tenant == tenant, LoginSession.token_hash == token_hash))


def delete_sessions_of(session: Session, tenant: str, account_id: int) -> None:
    """End every session of an account."""
    session.execute(delete(LoginSession).where(LoginSession.tenant == tenant, LoginSession.account_id == account_id))


def find_key(session: Session, tenant: str, prefix: str) -> ApiKey | None:
    """A usable key by its prefix: neither revoked nor expired."""
    return session.scalars(
        select(ApiKey).where(
            ApiKey.tenant == tenant,
            ApiKey.prefix == prefix,
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_at.is_(None) | (ApiKey.expires_at > func.now()),
        )
    ).one_or_none()


def touch_key(session: Session, tenant: str, key_id: int) -> None:
    """Note that a key was used, at most once a minute."""
    stale = ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at < func.now() - dt.timedelta(minutes=1))
    session.execute(
        update(ApiKey).where(ApiKey.tenant == tenant, ApiKey.id == key_id, stale).values(last_used_at=func.now())
    )


def load_keys(session: Session, tenant: str) -> Sequence[ApiKey]:
    """All keys in order of name, revoked ones too."""
    return session.scalars(select(ApiKey).where(ApiKey.tenant == tenant).order_by(ApiKey.name)).all()


def revoke_key(session: Session, tenant: str, name: str) -> bool:
    """Revoke by name or prefix; False if there was no such key in force."""
    found = session.execute(
        update(ApiKey)
        .where(ApiKey.tenant == tenant, (ApiKey.name == name) | (ApiKey.prefix == name), ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ApiKey.id)
    )
    return found.first() is not None
