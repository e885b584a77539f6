"""Rules of the house that no general tool knows, as small functions that name every place a rule is broken.

Each function returns ``"path:line: what"`` strings, empty when all is well; its docstring names the harm
the rule prevents. ``tests/unit/test_contracts.py`` runs each on the project, and on a snippet that breaks it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from sqlalchemy import MetaData, Table, UniqueConstraint

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("api", "data", "geo", "maps")

QUERY_WORDS = frozenset(
    {"select", "insert", "update", "delete", "text", "func", "union", "union_all", "except_", "intersect", "exists"}
    | {"literal_column", "column", "table", "lateral", "values", "bindparam", "literal"}
)
SQL_TEXT = re.compile(
    r"^\s*(SELECT\s.*\bFROM\b|SELECT\s+\w+\s*\(|INSERT\s+INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|WITH\s+\S+\s+AS\b"
    r"|COPY\s+\S+|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|ROLE|SCHEMA|FUNCTION|EXTENSION|VIEW)\b|SET\s+LOCAL\b|TRUNCATE\s)",
    re.DOTALL,
)
NOT_TODAY = ("dt.datetime.now(dt.UTC).date()", "datetime.now(UTC).date()", "dt.date.today()", "date.today()")
PRIVATE = {
    "a folder of somebody's machine": re.compile(r"(?<![\w.$}~-])/(home|root|Users|work|mnt)/[A-Za-z0-9_.-]+"),
    "where packages come from": re.compile(
        r"--(extra-)?index-url|--find-links|--trusted-host|files\.pythonhosted|/simple/?\b"
    ),
    "a secret": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


parse = cache(ast.parse)
"""By text, so that all rules share one tree of each file."""


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Everything in a tree, as :func:`ast.walk` finds it; walked once for all rules.

    Cached: ask only for trees that stay as they are.
    """
    return tuple(ast.walk(tree))


def modules(root: Path, rooms: Iterable[str] = HOUSE) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file of the rooms below ``root``, parsed."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            yield path, parse(path.read_text(encoding="utf-8"))


@cache
def strings(tree: ast.Module) -> list[tuple[int, str]]:
    """Every string of a module but docstrings, with its line; of an f-string its fixed parts, ``{}`` where values go.

    Cached: ask only for trees that stay as they are.
    """
    return list(_strings(tree))


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    skip: set[int] = set()
    for node in nodes(tree):
        body = getattr(node, "body", None)
        for inner in body if isinstance(body, list) else ():
            if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
                skip.add(id(inner.value))
        if isinstance(node, ast.JoinedStr):
            skip |= {id(part) for part in node.values}
    for node in nodes(tree):
        if id(node) in skip:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield node.lineno, "".join(parts)


def name_of(node: ast.expr) -> str:
    """The last word of a called name: ``text`` of ``sa.text``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def sql_outside_queries(root: Path = ROOT) -> list[str]:
    """Where SQL is built outside a room's ``queries.py`` (``tables/`` and ``db/`` are exempt).

    Harm: a predicate on the tenant, or the ``&&`` that an index needs, is forgotten in the one statement
    that nobody reads together with the others.
    """
    found = []
    for path, tree in modules(root):
        if path.name == "queries.py" or {"tables", "db"} & set(path.parts):
            continue
        aliases: set[str] = set()
        for node in nodes(tree):
            if isinstance(node, ast.Import):
                aliases |= {
                    a.asname or a.name.split(".")[0] for a in node.names if a.name.split(".")[0] == "sqlalchemy"
                }
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
                words = {a.name for a in node.names} & (QUERY_WORDS | {"*"})
                found += [f"{path}:{node.lineno}: imports {word}" for word in sorted(words)]
                aliases |= {a.asname or a.name for a in node.names if a.name in {"sql", "expression"}}
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and node.attr in QUERY_WORDS:
                base = node.value
                while isinstance(base, ast.Attribute):
                    base = base.value
                if isinstance(base, ast.Name) and base.id in aliases:
                    found.append(f"{path}:{node.lineno}: uses {base.id}….{node.attr}")
        found += [f"{path}:{line}: SQL in a string" for line, said in strings(tree) if SQL_TEXT.match(said)]
    return found


def context_by_set_config(root: Path = ROOT) -> list[str]:
    """Where ``set_config`` is called.

    Harm: on a distributed database it is not sent on to the workers, and every query there sees no rows.
    The tenant is set by a literal ``SET LOCAL``.
    """
    calls = [(p, n) for p, t in modules(root) for n in nodes(t) if isinstance(n, ast.Attribute)]
    return [
        f"{p}:{line}: set_config" for p, t in modules(root) for line, said in strings(t) if "set_config(" in said
    ] + [f"{p}:{n.lineno}: set_config" for p, n in calls if n.attr == "set_config"]


def arguments_of(said: str, start: int) -> list[str]:
    """The top-level arguments of the call whose opening bracket stands at ``start``."""
    depth, parts, quoted = 0, [""], False
    for letter in said[start:]:
        quoted ^= letter == "'"
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if depth == 0:
            break
        if letter == "," and depth == 1 and not quoted:
            parts.append("")
        elif not (letter == "(" and depth == 1 and parts == [""]):
            parts[-1] += letter
    return [part.strip() for part in parts]


def days_of_greenwich(root: Path = ROOT) -> list[str]:
    """Calls that take the day of Greenwich for today: wrong for eight hours of each day where counties are."""
    return [
        f"{path.relative_to(root)}:{node.lineno}: ask for the day in the county's own zone"
        for path, tree in modules(root, (*HOUSE, "tests"))
        for node in nodes(tree)
        if isinstance(node, ast.Call) and ast.unparse(node) in NOT_TODAY
    ]


def text_crs(root: Path = ROOT) -> list[str]:
    """Where ST_Transform is given a CRS as text.

    Harm: PROJ then builds the transformation anew for every row: 2,900 times slower, seen only on large layers.
    """
    found = []
    for path, tree in modules(root):
        for line, said in strings(tree):
            for match in re.finditer(r"ST_Transform\s*\(", said, re.IGNORECASE):
                _, *crs = arguments_of(said, match.end() - 1)
                if len(crs) != 1 or "'" in crs[0] or "text" in crs[0].lower():
                    found.append(f"{path}:{line}: ST_Transform to {', '.join(crs) or 'nothing'}")
        for node in nodes(tree):
            if isinstance(node, ast.Call) and name_of(node.func).lower() == "st_transform":
                texts = [a for a in node.args[1:] if isinstance(a, ast.JoinedStr)]
                texts += [a for a in node.args[1:] if isinstance(a, ast.Constant) and not isinstance(a.value, int)]
                found += [f"{path}:{node.lineno}: ST_Transform to {ast.unparse(a)}" for a in texts]
    return found


def tables_without_tenant_first(metadata: MetaData, shared: Iterable[str] = ()) -> list[str]:
    """Keys of tenant tables that do not begin with the tenant, and tables without one that are not in ``shared``.

    Harm: a foreign key without the tenant lets one county's row point into another's, and neither it nor a
    unique key without the tenant can exist once the tables are distributed by county.
    """
    found = []
    for table in metadata.sorted_tables:
        if "tenant" not in table.columns:
            found += [] if table.name in set(shared) else [f"{table.name}: has no tenant"]
            continue
        keys = [("primary key", list(table.primary_key.columns.keys()))]
        keys += [("unique", list(c.columns.keys())) for c in table.constraints if isinstance(c, UniqueConstraint)]
        keys += [("unique index", [c.name for c in index.columns]) for index in table.indexes if index.unique]
        found += [f"{table.name}: {kind} {names}" for kind, names in keys if names[:1] != ["tenant"]]
        found += _foreign_keys_without_tenant(table, set(shared))
    return found


def _foreign_keys_without_tenant(table: Table, shared: set[str]) -> list[str]:
    found = []
    for key in table.foreign_key_constraints:
        pairs = [(element.parent.name, element.column.name) for element in key.elements]
        if key.referred_table.name not in shared and pairs[0] != ("tenant", "tenant"):
            found.append(f"{table.name}: foreign key {pairs}")
        if (key.ondelete or "").upper() == "SET NULL":
            found.append(f"{table.name}: foreign key {pairs} ON DELETE SET NULL would clear the tenant too")
    return found


def message_faults(catalogue: dict[str, dict[str, str]], root: Path = ROOT) -> list[str]:
    """Codes raised without a sentence, sentences nobody raises or not in both languages, facts named but not given.

    Harm: the person at the counter reads a key, or a stack trace made by the missing fact, instead of the mend.
    """
    rooms = {code.split(".")[0] for code in catalogue}
    found, used, prefixes = [], set(), set()
    for path, tree in modules(root, (*HOUSE, "tests/benchmarks")):
        for line, said in strings(tree):
            if said in catalogue:
                used.add(said)
            elif "{}" in said and (start := said.split("{}")[0]).split(".")[0] in rooms and "." in start:
                prefixes.add(start)
            elif said.endswith(".") and said[:-1] in rooms:
                prefixes.add(said)
            elif re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", said) and _is_raised(tree, line, said):
                found.append(f"{path}:{line}: no sentence for {said}")
        found += [f"{path}:{line}: {what}" for line, what in _facts_missing(tree, catalogue)]
    for code, texts in sorted(catalogue.items()):
        if set(texts) != {"zh", "en"} or not all(texts.values()):
            found.append(f"messages: {code} needs zh and en, has {sorted(texts)}")
        if code not in used and not code.startswith(tuple(prefixes)):
            found.append(f"messages: nobody says {code}")
    return found


def _is_raised(tree: ast.Module, line: int, code: str) -> bool:
    """Whether the string is the first argument of a raised error, or of ``say``."""
    calls = [n.exc for n in nodes(tree) if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call)]
    calls += [n for n in nodes(tree) if isinstance(n, ast.Call) and name_of(n.func) == "say"]
    firsts = [c.args[0] for c in calls if c.args]
    return any(isinstance(a, ast.Constant) and a.value == code and a.lineno == line for a in firsts)


def _facts_missing(tree: ast.Module, catalogue: dict[str, dict[str, str]]) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if not isinstance(call, ast.Call) or not call.args or any(k.arg is None for k in call.keywords):
            continue
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value in catalogue:
            given = {k.arg for k in call.keywords}
            for language, text in catalogue[first.value].items():
                named = {field for _, field, _, _ in Formatter().parse(text) if field}
                for fact in sorted(named - given):
                    yield call.lineno, f"{first.value} ({language}) names the fact {fact}, which is not given"


def private_words(paths: Iterable[Path]) -> list[str]:
    """Lines of tracked text files that name somebody's machine, a package registry, or hold a key.

    Harm: a path or host that exists in one place only breaks everywhere else, and tells strangers about it.
    """
    found = []
    for path in paths:
        body = path.read_bytes()
        if b"\0" in body[:8000]:
            continue
        for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), 1):
            found += [f"{path}:{number}: {what}" for what, rule in PRIVATE.items() if rule.search(line)]
    return found


def vendored_faults(folder: Path) -> list[str]:
    """Vendored browser files that are not exactly what ``manifest.json`` beside them says, or not in it.

    Harm: a library changed by hand, or swapped on the way, runs in every planner's browser.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    said = {
        folder / name / file: facts["sha256"]
        for name, entry in manifest.items()
        for file, facts in entry["files"].items()
    }
    there = {path for path in folder.rglob("*") if path.is_file() and path != folder / "manifest.json"}
    found = [f"{path}: not in the manifest" for path in sorted(there - set(said))]
    for path, digest in sorted(said.items()):
        if path not in there:
            found.append(f"{path}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{path}: is not what the manifest says")
    return found
