"""The roster: strict in what it takes, whole on disk, and keys that cannot be guessed."""

import copy
import json
import stat

import pytest

from glisson.streaming.roster import FeedEntry, Roster, RosterInvalid, hash_key, make_stream_key, split_key

DOCUMENT = {
    "version": 17,
    "groups": {"g1": {"revoked": {"dina": 1_800_000_000.0}, "epoch": 3}},
    "feeds": {
        "f1": {
            "group": "g1",
            "title": "Theatre 2 laparoscope",
            "angle": "laparoscope",
            "key_sha256": [hash_key("old"), hash_key("new")],
            "state": "on_air",
            "record": True,
            "low": False,
            "not_before": 1.5,
            "not_after": None,
            "pull": "rtsp://192.0.2.1/stream",
            "srt": {"port": 9001, "passphrase": "ten characters"},
        }
    },
}


def test_it_is_read_and_written_without_loss(tmp_path):
    roster = Roster.from_json(DOCUMENT)
    assert roster.to_json() == DOCUMENT
    roster.save(tmp_path / "live" / "roster.json")
    assert Roster.load(tmp_path / "live" / "roster.json") == roster
    assert [path.name for path in (tmp_path / "live").iterdir()] == ["roster.json"]
    assert stat.S_IMODE((tmp_path / "live" / "roster.json").stat().st_mode) == 0o600


def test_no_file_is_an_empty_roster_and_a_broken_one_is_said(tmp_path):
    assert Roster.load(tmp_path / "roster.json") == Roster()
    (tmp_path / "roster.json").write_text("{")
    with pytest.raises(RosterInvalid, match="not JSON"):
        Roster.load(tmp_path / "roster.json")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("version",), "17", "version is a whole number"),
        (("version",), True, "version is a whole number"),
        (("groups",), [], "groups is not a JSON object"),
        (("groups", "g1", "epoch"), -1, "epoch of group g1"),
        (("groups", "g1", "revoked"), {"dina": "soon"}, "revoked.dina"),
        (("groups",), {"../x": {}}, "code of"),
        (("feeds", "f1", "group"), "g2", "which the roster does not have"),
        (("feeds", "f1", "group"), None, "group of feed f1"),
        (("feeds", "f1", "state"), "live", "one of closed, armed, on_air"),
        (("feeds", "f1", "key_sha256"), ["secret"], "SHA-256"),
        (("feeds", "f1", "record"), 1, "true or false"),
        (("feeds", "f1", "not_before"), "now", "Unix seconds"),
        (("feeds", "f1", "pull"), "file:///etc/passwd", "has to start with"),
        (("feeds", "f1", "srt"), {"port": 80}, "between 1024 and 65535"),
        (("feeds", "f1", "srt"), {"port": 9001, "passphrase": "short"}, "10 to 79"),
    ],
)
def test_a_wrong_field_is_named(path, value, sentence):
    document = copy.deepcopy(DOCUMENT)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(RosterInvalid, match=sentence):
        Roster.from_json(json.loads(json.dumps(document)))


def test_a_made_key_opens_its_feed_and_nothing_else_does():
    key, hashed = make_stream_key("f1")
    feed, secret = split_key(key)
    entry = FeedEntry(group="g1", key_sha256=(hash_key("another"), hashed))
    assert feed == "f1"
    assert len(secret) == 24
    assert entry.accepts(secret)
    assert entry.accepts("another")
    assert not entry.accepts(secret[:-1])
    assert not entry.accepts("")
    assert not FeedEntry(group="g1").accepts(secret)
    assert split_key("nodash") == ("nodash", "")
