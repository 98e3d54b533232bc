"""Live pictures: ingest, packaging, the ring and its readers, recording, replay.

The package knows keys, bytes and clocks; it knows no meeting and no user.
"""
