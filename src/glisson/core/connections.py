from django.db import close_old_connections, connection


def give_back() -> None:
    """Return this thread's database connection, unless somebody's transaction is open on it."""
    if not connection.in_atomic_block:
        close_old_connections()
