"""The database's own refusal to change or remove log entries.

SQLite loses the triggers of a table when a migration rebuilds it: such a migration calls ``raise_guard`` again (a
test looks for the triggers after all migrations).
"""

SQLITE = [
    "CREATE TRIGGER IF NOT EXISTS log_never_changes BEFORE UPDATE ON core_logentry"
    " BEGIN SELECT RAISE(ABORT, 'Log entries are never changed.'); END",
    "CREATE TRIGGER IF NOT EXISTS log_never_shrinks BEFORE DELETE ON core_logentry"
    " BEGIN SELECT RAISE(ABORT, 'Log entries are never deleted.'); END",
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'Log entries are never changed or deleted.'"
    " USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "DROP TRIGGER IF EXISTS log_never_changes ON core_logentry",
    "CREATE TRIGGER log_never_changes BEFORE UPDATE OR DELETE ON core_logentry"
    " FOR EACH ROW EXECUTE FUNCTION log_refuse()",
]
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def raise_guard(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lower_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS log_never_changes")
        schema_editor.execute("DROP TRIGGER IF EXISTS log_never_shrinks")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS log_never_changes ON core_logentry")
