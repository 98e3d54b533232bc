import pytest
from django.db import DatabaseError, connection, transaction

from glisson.core.domain.log import log, verify_log
from glisson.core.log_guard import raise_guard
from glisson.core.models import Ledger, LogEntry
from glisson.core.models.log import LogRefusal


@pytest.fixture
def three_entries(bob, lakeside):
    log(lakeside, "hospital.added", acting_user=bob, after={"name": "Lakeside"})
    log(lakeside, "hospital.renamed", acting_user=bob, before={"name": "Lakeside"}, after={"name": "Läkeside 湖"})
    log(None, "machine.started", acting_user=None)


def unguarded(sql, *values):
    """What someone with the database's password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS log_never_changes")
            cursor.execute("DROP TRIGGER IF EXISTS log_never_shrinks")
        else:
            cursor.execute("DROP TRIGGER log_never_changes ON core_logentry")
        cursor.execute(sql, values)


def test_an_untouched_log_verifies(three_entries):
    assert list(verify_log()) == []
    assert list(LogEntry.objects.values_list("sequence", flat=True)) == [1, 2, 3]


def test_an_entry_changed_in_the_database_is_found(three_entries):
    unguarded("UPDATE core_logentry SET what = %s WHERE sequence = 2", "hospital.sold")
    assert list(verify_log()) == ["Entry 2 of the log was changed after it was written."]


def test_an_entry_taken_out_of_the_middle_is_found(three_entries):
    unguarded("DELETE FROM core_logentry WHERE sequence = 2")
    assert list(verify_log()) == ["Entries 2 to 2 of the log are missing."]


def test_an_entry_taken_off_the_end_is_found(three_entries):
    unguarded("DELETE FROM core_logentry WHERE sequence = 3")
    assert list(verify_log()) == ["The log ends at entry 2, but 3 were written."]


def test_an_entry_written_anew_with_its_own_hash_breaks_the_chain(three_entries):
    unguarded("UPDATE core_logentry SET hash = %s WHERE sequence = 1", "f" * 64)
    assert list(verify_log()) == [
        "Entry 1 of the log was changed after it was written.",
        "Entry 2 of the log does not follow from entry 1.",
    ]


@pytest.mark.parametrize("sql", ["UPDATE core_logentry SET what = 'x'", "DELETE FROM core_logentry"])
def test_the_database_itself_refuses(three_entries, sql):
    raise_guard(None, connection.schema_editor())  # the tests' own clearing of tables needs it lowered
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert LogEntry.objects.count() == 3


def test_the_model_refuses_before_the_database_is_asked(three_entries):
    with pytest.raises(LogRefusal):
        LogEntry.objects.update(what="x")
    with pytest.raises(LogRefusal):
        LogEntry.objects.all().delete()
    with pytest.raises(LogRefusal):
        LogEntry.objects.first().delete()


def test_what_is_rolled_back_leaves_no_hole(three_entries, bob):
    with transaction.atomic():
        log(bob, "person.joined", acting_user=bob)
        transaction.set_rollback(True)
    log(bob, "person.joined", acting_user=bob)
    assert list(verify_log()) == []
    assert Ledger.objects.get(name="log").sequence == 4
