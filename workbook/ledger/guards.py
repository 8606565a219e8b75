"""Whether the database still holds the tables, triggers and constraints that the schema made, and nothing else."""

import sqlite3
from functools import cache
from typing import Any

from sqlalchemy import Connection

from workbook.ledger import schema
from workbook.ledger.chain import COLUMNS

# Ours with all that hangs on them, and all else that would act by itself; other people's tables do no harm.
_SQLITE = """SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE name IN ('meta', 'revision') OR tbl_name IN ('meta', 'revision') OR type IN ('trigger', 'view')"""
# The same for PostgreSQL, as (kind, name, how it is): what a trigger calls, which row security hides and rules divert.
_POSTGRESQL = """WITH ours AS (
    SELECT oid, relname, relkind, relpersistence, relrowsecurity OR relforcerowsecurity AS hides FROM pg_class
    WHERE oid IN ('meta'::regclass, 'revision'::regclass)
)
SELECT 'table', relname::text, concat_ws(' ', relkind, relpersistence) FROM ours
UNION ALL SELECT 'row security of', relname::text, '' FROM ours WHERE hides
UNION ALL SELECT 'policy', polname::text, '' FROM pg_policy JOIN ours ON ours.oid = polrelid
UNION ALL SELECT 'rule', rulename::text, '' FROM pg_rewrite JOIN ours ON ours.oid = ev_class
UNION ALL SELECT 'heir', inhrelid::regclass::text, '' FROM pg_inherits JOIN ours ON ours.oid = inhparent
UNION ALL SELECT 'column', relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), collname,
        attnotnull, attidentity, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN ours ON ours.oid = attrelid LEFT JOIN pg_collation c ON c.oid = attcollation
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', conname::text, concat_ws(' ', pg_get_constraintdef(c.oid), convalidated)
    FROM pg_constraint c JOIN ours ON ours.oid = conrelid WHERE contype <> 'n'
UNION ALL SELECT 'index', indexrelid::regclass::text, concat_ws(' ',
        substring(pg_get_indexdef(indexrelid) FROM '^CREATE (?:UNIQUE )?INDEX'),
        substring(pg_get_indexdef(indexrelid) FROM ' USING .*'), indisvalid)
    FROM pg_index JOIN ours ON ours.oid = indrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
UNION ALL SELECT 'trigger', tgname::text, concat_ws(' ', tgenabled, tgtype, proname, tgqual, tgnargs)
    FROM pg_trigger JOIN ours ON ours.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal
UNION ALL SELECT DISTINCT 'function', proname::text, concat_ws(' ', lanname, prosrc)
    FROM pg_trigger JOIN ours ON ours.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
    JOIN pg_language l ON l.oid = prolang WHERE NOT tgisinternal"""
_OBJECTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}

_TEXT = "text C t "
_COLUMNS = {
    **{f"revision.{name}": _TEXT for name in COLUMNS},
    **dict.fromkeys(("revision.number", "revision.version", "meta.version"), "integer t "),
    **dict.fromkeys(("meta.name", "meta.program", "meta.at"), "text default t "),
    "revision.seq": "bigint t d",
    "revision.payload": "bytea t ",
}
_CONSTRAINTS = {
    "meta_pkey": "PRIMARY KEY (version) t",
    "revision_pkey": "PRIMARY KEY (seq) t",
    "revision_id_key": "UNIQUE (id) t",
    "revision_engagement_number_key": "UNIQUE (engagement, number) t",
    "revision_engagement_prev_key": "UNIQUE (engagement, prev) t",
    "revision_engagement_kind_key_version_key": "UNIQUE (engagement, kind, key, version) t",
}
_ON_POSTGRESQL = frozenset(
    {
        *(("table", name, "r p") for name in ("meta", "revision")),
        *(("column", *one) for one in _COLUMNS.items()),
        *(("constraint", *one) for one in _CONSTRAINTS.items()),
        ("index", "revision_numbers", "CREATE INDEX  USING btree (engagement, kind, length(key), key) t"),
        ("index", "revision_authors", "CREATE INDEX  USING btree (engagement, kind, key, actor, number) t"),
        ("trigger", "revision_no_change", "O 27 revision_refuse 0"),  # before, for each row, delete or update
        ("trigger", "revision_no_truncate", "O 34 revision_refuse 0"),  # before, for each statement, truncate
        ("function", "revision_refuse", f"plpgsql  BEGIN RAISE EXCEPTION '{schema.REFUSED}'; END "),
    }
)


def strange(connection: Connection) -> str:
    """What in the database would act on the ledger and was not made so by us, in words; empty if there is nothing."""
    return _describe(_objects(connection) - _own_objects(connection.dialect.name))


def missing(connection: Connection) -> str:
    """Which of our safeguards somebody took out of the database, in words; empty if none."""
    names = {item[:2] for item in _objects(connection)}
    return _describe({item for item in _own_objects(connection.dialect.name) if item[:2] not in names})


def _describe(objects: set[tuple[Any, ...]]) -> str:
    return ", ".join(sorted(f"{item[0]} {item[1]}" for item in objects))


def _objects(connection: Connection) -> set[tuple[Any, ...]]:
    found = {tuple(item) for item in connection.exec_driver_sql(_OBJECTS[connection.dialect.name])}
    return found | {("schema number", *map(str, row)) for row in connection.execute(schema.meta.select())}


@cache
def _own_objects(dialect: str) -> frozenset[tuple[Any, ...]]:
    """What `_objects` gives of a database that was just made."""
    numbers = {
        ("schema number", str(n), name, schema.PROGRAM) for n, (name, _) in enumerate(schema.MIGRATIONS, start=1)
    }
    if dialect == "postgresql":
        return _ON_POSTGRESQL | numbers
    trial = sqlite3.connect(":memory:")
    try:
        for number in range(1, schema.VERSION + 1):
            schema.migrate(lambda sql, values: trial.execute(sql, values or {}), dialect, number, "")
        return frozenset(trial.execute(_SQLITE)) | numbers
    finally:
        trial.close()
