"""Passes: what the web signs is what the live process reads; nothing else is."""

import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.rights import Pass, PassExpired, PassInvalid, shared_secret, sign_pass, verify_pass

SECRET = b"s" * 32
CHEN = Pass("chen", "group1", frozenset({"watch", "publish:feed1"}), epoch=3, expires=2_000)


def test_what_was_signed_is_read_back():
    assert verify_pass(SECRET, sign_pass(SECRET, CHEN), now=1_999.9) == CHEN


def test_an_expired_pass_says_so():
    with pytest.raises(PassExpired):
        verify_pass(SECRET, sign_pass(SECRET, CHEN), now=2_000)


def test_another_installations_pass_is_no_pass():
    with pytest.raises(PassInvalid):
        verify_pass(b"t" * 32, sign_pass(SECRET, CHEN), now=0)


@given(position=st.integers(min_value=0, max_value=10_000), character=st.characters())
def test_a_pass_changed_in_any_place_is_no_pass(position, character):
    text = sign_pass(SECRET, CHEN)
    position %= len(text)
    changed = text[:position] + character + text[position + 1 :]
    if changed != text:
        with pytest.raises(PassInvalid):
            verify_pass(SECRET, changed, now=0)


@given(st.text(max_size=5_000))
def test_any_text_is_a_pass_or_refused(text):
    with pytest.raises(PassInvalid):
        verify_pass(SECRET, text, now=0)


@pytest.mark.parametrize(
    "wrong",
    [
        Pass("chen", "group1", frozenset({"admin"}), 0, 1),
        Pass("chen", "group1", frozenset({"publish:"}), 0, 1),
        Pass("chen", "Group 1", frozenset({"watch"}), 0, 1),
        Pass("", "group1", frozenset({"watch"}), 0, 1),
    ],
)
def test_a_pass_nobody_would_accept_is_not_signed(wrong):
    with pytest.raises(ValueError, match=r"scope|group|viewer"):
        sign_pass(SECRET, wrong)


def test_both_processes_get_the_same_secret(tmp_path):
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.append(shared_secret(tmp_path / "secrets", "live-signing")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert len(seen) == 8
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["live-signing"]
    assert stat.S_IMODE((tmp_path / "secrets" / "live-signing").stat().st_mode) == 0o600


def test_an_emptied_secret_is_not_used(tmp_path):
    (tmp_path / "live-signing").write_text("short")
    with pytest.raises(ValueError, match="too short"):
        shared_secret(tmp_path, "live-signing")
