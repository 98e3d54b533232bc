"""With Redis, an event of another process wakes the bus at once; without it, nothing else changes."""

import shutil
import socket
import subprocess
import threading
import time

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Away

from glisson.core.config import config
from glisson.core.hints import CHANNEL, Hints

pytestmark = pytest.mark.peers


@pytest.fixture
def address(monkeypatch):
    """Point the configuration at a port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("GLISSON_REDIS_URL", f"redis://127.0.0.1:{port}/0")
    config.cache_clear()
    yield port
    monkeypatch.undo()
    config.cache_clear()


@pytest.fixture
def redis(tmp_path, address):
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    arguments = ["redis-server", "--port", str(address), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    with Redis(port=address) as client:
        for _ in range(100):
            try:
                client.ping()
                break
            except Away:
                time.sleep(0.05)
        yield client
    server.terminate()
    server.wait(10)


@pytest.fixture
def hints(address):
    made = Hints()
    yield made
    made.close()


def test_a_hint_from_another_process_is_heard(redis, hints):
    line = hints.listen()
    reader = threading.Thread(target=hints.hear, args=(line, 30))
    reader.start()
    while not redis.pubsub_numsub(CHANNEL)[0][1]:
        time.sleep(0.02)
    redis.publish(CHANNEL, "")
    reader.join(20)
    assert not reader.is_alive()
    line.close()


def test_a_wake_up_is_told_to_the_others(redis, hints):
    listener = redis.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(CHANNEL)
    listener.get_message(timeout=2)
    hints.give()
    assert listener.get_message(timeout=5)["channel"] == CHANNEL.encode()
    listener.close()


def test_a_redis_that_is_away_is_left_alone_for_a_while(hints, caplog):
    assert hints.listen() is None
    hints.give()
    hints.give()
    assert caplog.text.count("Redis cannot be reached") == 1


def test_without_redis_there_is_no_line():
    assert Hints().listen() is None
