"""The database's own refusal of overlapping terms: an exclusion constraint on PostgreSQL, triggers on SQLite.

SQLite loses the triggers of a table when a migration rebuilds it: such a migration calls ``raise_guard`` again.
"""

OVERLAP = (
    "SELECT RAISE(ABORT, 'The terms of a hospital in an alliance overlap.') WHERE EXISTS ("
    "SELECT 1 FROM alliance_membership other WHERE other.id <> NEW.id"
    " AND other.hospital_id = NEW.hospital_id AND other.alliance_id = NEW.alliance_id"
    " AND other.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')"
    " AND COALESCE(other.ends_on, '9999-12-31') >= NEW.starts_on)"
)
# NEW.id is not known yet before an insert, so both triggers look after the row was written.
SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS terms_apart_on_insert AFTER INSERT ON alliance_membership BEGIN {OVERLAP}; END",
    f"CREATE TRIGGER IF NOT EXISTS terms_apart_on_update AFTER UPDATE ON alliance_membership BEGIN {OVERLAP}; END",
]
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE alliance_membership ADD CONSTRAINT terms_apart EXCLUDE USING gist"
    " (hospital_id WITH =, alliance_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)",
]
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def raise_guard(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lower_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS terms_apart_on_insert")
        schema_editor.execute("DROP TRIGGER IF EXISTS terms_apart_on_update")
    else:
        schema_editor.execute("ALTER TABLE alliance_membership DROP CONSTRAINT IF EXISTS terms_apart")
