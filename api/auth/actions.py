"""Sign in and out, recognise who asks, and the accounts and keys behind it."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth import queries
from api.auth.credentials import (
    KeyParts,
    digest,
    hash_password,
    make_key,
    make_token,
    parse_key,
    password_matches,
    tenant_of_token,
)
from api.auth.permissions import Principal, Role
from geo.db.changes import write_change
from geo.db.engine import Database
from geo.errors import Conflict, Invalid, NotFound, PianquError, Unauthenticated
from geo.tables.accounts import ROLES, SCOPES, Account, ApiKey

LIFETIME = dt.timedelta(hours=12)
ATTEMPTS = 5
LOCKED = dt.timedelta(minutes=15)


class NotRecognised(Unauthenticated):
    """Login and password do not match an account that may sign in; the answer never says which part."""


class Locked(Unauthenticated):
    """Too many failed attempts; it opens again by itself."""


class BadCredential(Unauthenticated):
    """A key or cookie was given that opens nothing (any more)."""


class AlreadyThere(Conflict):
    """A login or key name that is taken."""


class BadName(Invalid):
    """A key's name that nobody could tell it by."""


class UnknownName(NotFound):
    """No account, organisation unit or key of that name."""


class UnknownChoice(Invalid):
    """A role or scope that does not exist."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the cookie's value, shown once, and the token that goes with every write."""

    token: str
    csrf: str
    login: str
    role: str


def sign_in(database: Database, tenant: str, login: str, password: str) -> SignedIn:
    """Open a session for an account.

    Raises
    ------
    NotRecognised
        If there is no such account, it is closed, or the password is another.
    Locked
        After ``ATTEMPTS`` failures in a row, for ``LOCKED``.

    Notes
    -----
    The password is hashed between two transactions, so that who guesses ties up no connection. What it leads to is
    decided in the second under the account's lock: tries made at once are counted one by one, and a lock or a
    new password that came in between holds. The failure is committed there; the refusal is raised outside.
    """
    refusal: PianquError
    login = login.strip().lower()
    with database.begin(tenant) as session:
        account = queries.find_account(session, tenant, login)
    kept = account.password_hash if account else None
    matches = password_matches(kept, password)
    with database.begin(tenant) as session:
        account = queries.find_account(session, tenant, login, lock=True)
        now = dt.datetime.now(dt.UTC)
        locked = account is not None and account.locked_until_at is not None and account.locked_until_at > now
        right = matches and account is not None and account.password_hash == kept
        if account is not None and right and account.active and not locked:
            account.failed_attempts = 0
            account.locked_until_at = None
            account.last_login_at = now
            token, csrf = make_token(tenant), secrets.token_urlsafe(32)
            queries.insert_session(session, tenant, account.id, digest(token), csrf, LIFETIME)
            write_change(session, tenant, "account.signed_in", actor=account.login)
            return SignedIn(token, csrf, account.login, account.role)
        refusal = NotRecognised("auth.not_recognised")
        if locked:
            refusal = Locked("auth.locked", minutes=int(LOCKED.total_seconds() // 60))
        elif account is not None:
            account.failed_attempts += 1
            if account.failed_attempts >= ATTEMPTS:
                account.failed_attempts = 0
                account.locked_until_at = now + LOCKED
                write_change(session, tenant, "account.locked", actor=account.login)
    raise refusal


def sign_out(database: Database, token: str) -> None:
    """End the session of a cookie; one that is over, or was never ours, is no error."""
    tenant = tenant_of_token(token)
    if tenant is not None:
        with database.begin(tenant) as session:
            queries.delete_session(session, tenant, digest(token))


def recognise_cookie(database: Database, token: str) -> Principal | None:
    """Who holds the session of a cookie; None if it is over."""
    tenant = tenant_of_token(token)
    if tenant is None:
        return None
    with database.begin(tenant) as session:
        found = queries.find_session(session, tenant, digest(token))
        if found is None:
            return None
        area = None if found.org_unit_id is None else queries.load_area(session, tenant, found.org_unit_id)
        role = Role(found.role)
        return Principal(tenant, found.login, role, area=area, account_id=found.id, csrf=found.csrf, staff=found.staff)


def recognise_key(database: Database, text: str) -> Principal:
    """Who holds a key.

    Raises
    ------
    BadCredential
        If it is unknown, revoked or expired.
    """
    parts = parse_key(text)
    if parts is None:
        raise BadCredential("auth.bad_key")
    with database.begin(parts.tenant) as session:
        key = queries.find_key(session, parts.tenant, parts.prefix)
        if key is None or not hmac.compare_digest(key.secret_hash, digest(parts.secret)):
            raise BadCredential("auth.bad_key")
        queries.touch_key(session, parts.tenant, key.id)
        return Principal(parts.tenant, f"key:{key.name}", scopes=frozenset(key.scopes))


def add_account(
    session: Session, tenant: str, login: str, password: str, role: str, org_code: str | None = None
) -> None:
    """Add an account.

    Raises
    ------
    AlreadyThere
        If the login is taken.
    UnknownName
        If there is no organisation unit ``org_code``.
    UnknownChoice, WeakPassword
        If role or password will not do.
    """
    if role not in ROLES:
        raise UnknownChoice("auth.unknown_role", role=role, known=", ".join(ROLES))
    unit = None if org_code is None else _org_unit(session, tenant, org_code)
    account = Account(tenant=tenant, login=login, password_hash=hash_password(password), role=role, org_unit_id=unit)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        if "ck_account_login" in str(error.orig):
            raise UnknownChoice("auth.bad_login", login=login) from None
        raise AlreadyThere("auth.login_taken", login=login) from None
    write_change(session, tenant, "account.added", facts={"login": login, "role": role})


def set_password(session: Session, tenant: str, login: str, password: str) -> None:
    """Give an account another password, unlock it, and end all its sessions.

    Raises
    ------
    UnknownName
        If there is no such account.
    """
    account = queries.find_account(session, tenant, login, lock=True)
    if account is None:
        raise UnknownName("auth.no_account", login=login)
    account.password_hash = hash_password(password)
    account.failed_attempts = 0
    account.locked_until_at = None
    queries.delete_sessions_of(session, tenant, account.id)
    write_change(session, tenant, "account.password_set", facts={"login": login})


def link_account(session: Session, tenant: str, login: str, staff: str, actor: str = "system") -> None:
    """Say which member of staff an account is; another one said before is so no more.

    Raises
    ------
    UnknownName
        If there is no such account, or nobody in service of that number.
    AlreadyThere
        If another account is that person's; the facts name it.
    """
    account = queries.find_account(session, tenant, login, lock=True)
    if account is None:
        raise UnknownName("auth.no_account", login=login)
    person = queries.find_staff(session, tenant, staff)
    if person is None:
        raise UnknownName("auth.no_staff", staff=staff)
    taken = queries.find_login_of(session, tenant, person)
    if taken == login:
        return
    if taken is not None:
        raise AlreadyThere("auth.staff_taken", staff=staff, login=taken)
    queries.delete_link(session, tenant, account.id)
    try:
        with session.begin_nested():
            queries.insert_link(session, tenant, account.id, person, actor)
    except IntegrityError:  # said at the same moment of another account
        raise AlreadyThere("auth.staff_taken", staff=staff, login="-") from None
    write_change(session, tenant, "account.linked", facts={"login": login, "staff": staff}, actor=actor)


def unlink_account(session: Session, tenant: str, login: str, actor: str = "system") -> None:
    """Say that an account is nobody's; if it was nobody's, nothing changes.

    Raises
    ------
    UnknownName
        If there is no such account.
    """
    account = queries.find_account(session, tenant, login, lock=True)
    if account is None:
        raise UnknownName("auth.no_account", login=login)
    if queries.delete_link(session, tenant, account.id):
        write_change(session, tenant, "account.unlinked", facts={"login": login}, actor=actor)


def create_key(
    session: Session, tenant: str, name: str, scopes: Sequence[str], expires_at: dt.datetime | None = None
) -> KeyParts:
    """Make a key; its text is returned here and kept nowhere.

    Raises
    ------
    BadName
        If the name is empty, longer than 64 characters, or cannot be printed on one line.
    AlreadyThere
        If the name is taken.
    UnknownChoice
        If a scope does not exist.
    """
    if not 1 <= len(name.strip()) <= 64 or not name.isprintable():
        raise BadName("auth.bad_key_name", name=name[:64])
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownChoice("auth.unknown_scope", scope=scope, known=", ".join(SCOPES))
    parts = make_key(tenant)
    row = ApiKey(
        tenant=tenant, name=name, prefix=parts.prefix, secret_hash=digest(parts.secret),
        scopes=sorted(set(scopes)), expires_at=expires_at,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise AlreadyThere("auth.key_taken", name=name) from None
    write_change(session, tenant, "key.created", facts={"name": name, "scopes": row.scopes})
    return parts


def revoke(session: Session, tenant: str, name: str) -> None:
    """Revoke a key by name or prefix.

    Raises
    ------
    UnknownName
        If no key in force is called that.
    """
    if not queries.revoke_key(session, tenant, name):
        raise UnknownName("auth.no_key", name=name)
    write_change(session, tenant, "key.revoked", facts={"name": name})


def _org_unit(session: Session, tenant: str, code: str) -> int:
    found = queries.find_org_unit(session, tenant, code)
    if found is None:
        raise UnknownName("auth.no_org_unit", unit=code)
    return found
