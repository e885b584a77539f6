"""A database that somebody else runs: what it lacks, what its administrator must do once, or doing without.

Three things need a superuser: PostGIS, the roles (one of them past row security), and marking the
functions of :data:`geo.db.isolation.LEAKPROOF`. ``pianqu db prepare`` does or prints exactly these.
Without them one county per database works, without row security.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from geo.db.bootstrap import ADMIN, APP, OWNER, READER, READER_SETTINGS
from geo.db.errors import DatabaseAway, NotPrepared
from geo.db.isolation import LEAKPROOF

Mode = Literal["embedded", "prepared", "single"]

PROBE = """
SELECT current_setting('server_version_num')::int / 10000,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis'),
       (SELECT coalesce(array_agg(rolname::text), '{}') FROM pg_roles
         WHERE rolname = ANY(%s) AND pg_has_role(current_user, oid, 'MEMBER')),
       (SELECT coalesce(bool_or(rolbypassrls), false) FROM pg_roles WHERE rolname = %s)"""

OLDEST = 15

CREATE_ROLE = """
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')
THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"""

HAND_OVER = """
DO $$ DECLARE made record; BEGIN
FOR made IN SELECT oid::regclass AS name FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
               AND relowner = (SELECT oid FROM pg_roles WHERE rolname = {login})
               AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
LOOP EXECUTE format('ALTER TABLE %s OWNER TO {owner}', made.name); END LOOP; END $$"""
"""Tables made while the database held one county without roles go to the owner."""


def probe(address: str) -> Mode:
    """How we may use the database at ``address``.

    Returns
    -------
    Mode
        ``prepared`` when the roles are there and this login may take them, else ``single``.

    Raises
    ------
    DatabaseAway
        If it does not answer.
    NotPrepared
        If it is too old, has no PostGIS, is only half prepared, or the login is a superuser, whom row
        security does not bind.
    """
    with connect(address) as connection:
        row = connection.execute(PROBE, [[OWNER, APP, READER], OWNER]).fetchone()
    assert row is not None
    major, superuser, postgis, roles, bypasses = row
    if major < OLDEST:
        raise NotPrepared("db.too_old", server=major, oldest=OLDEST)
    if not postgis:
        raise NotPrepared("db.no_postgis")
    if superuser:
        raise NotPrepared("db.superuser")
    if len(roles) == 3 and bypasses:
        return "prepared"
    if roles:
        raise NotPrepared("db.not_prepared")
    return "single"


def connect(address: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    """A plain connection.

    Raises
    ------
    DatabaseAway
        If it fails; the driver's text goes to the log by the cause, since it may name users.
    """
    try:
        return psycopg.connect(address, autocommit=autocommit, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseAway("db.away") from error


def url(address: str, mode: Mode, role: str) -> str:
    """The external URL as one of our roles: the login stays, the role is taken at connect.

    Examples
    --------
    >>> url("postgresql://lee@db/city", "prepared", "pianqu_app")
    'postgresql://lee@db/city?options=-c%20role%3Dpianqu_app'
    >>> url("postgresql://lee@db/city?sslmode=require", "single", "pianqu_app")
    'postgresql://lee@db/city?sslmode=require'
    """
    options = {"role": role} if mode == "prepared" and role != ADMIN else {}
    if role == READER:
        options |= READER_SETTINGS
    if not options:
        return address
    text = quote(" ".join(f"-c {name}={value}" for name, value in options.items()), safe="")
    return f"{address}{'&' if '?' in address else '?'}options={text}"


def preparation(login: str, database: str) -> list[str]:
    """What a superuser must run once, one statement each; running it again changes nothing.

    Parameters
    ----------
    login
        The role that Pianqu connects as.
    database
        Its database.
    """
    made = {OWNER: "BYPASSRLS", APP: "NOBYPASSRLS", READER: "NOBYPASSRLS"}
    who, where = sql.Identifier(login).as_string(), sql.Identifier(database).as_string()
    statements = ["CREATE EXTENSION IF NOT EXISTS postgis"]
    for role, bypass in made.items():
        statements += [
            CREATE_ROLE.format(role=role),
            f"ALTER ROLE {role} NOSUPERUSER {bypass}",
            f"GRANT {role} TO {who}",
        ]
    statements += [
        f"GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {where} TO {OWNER}",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {where} TO {APP}",
        f"GRANT CONNECT ON DATABASE {where} TO {READER}",
        f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}",
        *(f"ALTER FUNCTION {name} LEAKPROOF" for name in LEAKPROOF),
        HAND_OVER.format(login=sql.Literal(login).as_string(), owner=OWNER),
    ]
    return statements
