"""Who may come in: accounts, the sessions they hold, and the keys of other systems."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, Tenant, field

ROLES = ("planner", "leader", "officer", "auxiliary", "desk", "administrator")
"""规划, 中队长, 持证执法人员, 协管, 值班台, 管理员. ``public`` is nobody's account: it is the absence of one."""

SCOPES = ("layers:read", "layers:write", "plans:read", "jobs:read", "tracks:write", "intake:write")
"""What a key may be given; a key without scopes sees what the public sees."""


class Account(Row, Base):
    """A person's way in. The password is kept only as an argon2id hash."""

    __tablename__ = "account"
    __table_args__: Any = (
        UniqueConstraint("tenant", "login"),
        CheckConstraint("login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'", name="login"),
        CheckConstraint("failed_attempts >= 0", name="failed_attempts"),
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
    )

    login: Mapped[str] = field(Text, "登录名", "login name, lower case", required=True)
    password_hash: Mapped[str]
    role: Mapped[str] = field(Text, "角色", "role", choices=ROLES, required=True)
    org_unit_id: Mapped[int | None] = field(
        BigInteger, "管辖单位", "organisation unit whose patrol districts are this account's area; none = the county"
    )
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    failed_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_login_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class AccountStaff(Tenant, Base):
    """Which member of staff an account is, if any: one account a person, one person an account."""

    __tablename__ = "account_staff"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "account_id"], ["account.tenant", "account.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "staff_id"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    linked_by: Mapped[str]
    linked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class LoginSession(Row, Base):
    """One signed-in browser. The cookie's token is kept only as a SHA-256 hash, so a copied table opens nothing."""

    __tablename__ = "login_session"
    __table_args__: Any = (
        UniqueConstraint("tenant", "token_hash"),
        ForeignKeyConstraint(["tenant", "account_id"], ["account.tenant", "account.id"], ondelete="CASCADE"),
        Index(None, "tenant", "account_id"),
        Index(None, "tenant", "expires_at"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    csrf: Mapped[str]
    """What a page must send along with every write, since the cookie alone is sent by any site's form."""
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class ApiKey(Row, Base):
    """A key for another system: ``pq_<tenant>_<prefix>_<secret>``, shown once, kept as prefix and SHA-256 hash.

    The secret has 256 random bits, so a slow password hash would add cost to every request and no safety.
    """

    __tablename__ = "api_key"
    __table_args__: Any = (
        UniqueConstraint("tenant", "prefix"),
        UniqueConstraint("tenant", "name"),
        CheckConstraint(f"scopes <@ ARRAY[{', '.join(repr(scope) for scope in SCOPES)}]::text[]", name="known_scopes"),
    )

    name: Mapped[str] = field(Text, "名称", "what the key is for", required=True)
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
