import asyncio
import threading

import pytest
from django.db import connection, transaction
from django.test import AsyncClient

from glisson.core import channels
from glisson.core.domain.events import forget_old_events, publish
from glisson.core.models import LiveEvent


@pytest.fixture
def room():
    """A channel that everyone signed in may hear, as long as its code is not “secret”."""
    channels._rules["room"] = lambda user, code: user.is_authenticated and code != "secret"
    yield "room:1"
    del channels._rules["room"]


async def opened(person, channel, **headers):
    client = AsyncClient()
    await client.aforce_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return await client.get(f"/events/{channel}/", headers=headers)


async def read_events(answer, count):
    """The next events of a stream, as (id, kind, data)."""
    found = []
    async for chunk in answer.streaming_content:
        for block in chunk.decode().strip().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "event" in lines:
                found.append((int(lines["id"]), lines["event"], lines["data"]))
        if len(found) >= count:
            await answer.streaming_content.aclose()
            return found


def publish_soon(channel, count=1):
    def run():
        for number in range(count):
            publish(channel, "said", {"n": number})
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_what_is_published_elsewhere_reaches_the_reader(bob, room):
    async def scene():
        answer = await opened(bob, room)
        assert (answer["Content-Type"], answer["X-Accel-Buffering"]) == ("text/event-stream", "no")
        reading = asyncio.create_task(read_events(answer, 3))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(publish_soon(room, 3).join)
        await asyncio.to_thread(publish_soon("room:2").join)
        return await asyncio.wait_for(reading, 10)

    found = asyncio.run(scene())
    assert [(kind, data) for _, kind, data in found] == [("said", f'{{"n":{n}}}') for n in range(3)]
    assert [number for number, _, _ in found] == sorted(number for number, _, _ in found)


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_comes_back_gets_what_was_missed_once(bob, room):
    first, second, third = (publish(room, "said", {"n": n}) for n in range(3))

    async def scene():
        answer = await opened(bob, room, **{"Last-Event-ID": str(first.pk)})
        return await asyncio.wait_for(read_events(answer, 2), 10)

    assert [number for number, _, _ in asyncio.run(scene())] == [second.pk, third.pk]


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_was_away_too_long_is_told_to_load_again(bob, room):
    old = publish(room, "said")
    publish(room, "said")
    kept = publish(room, "said")
    LiveEvent.objects.filter(pk__lt=kept.pk).delete()

    async def scene():
        answer = await opened(bob, room, **{"Last-Event-ID": str(old.pk)})
        return await asyncio.wait_for(read_events(answer, 1), 10)

    assert asyncio.run(scene())[0][1] == "reset"


@pytest.mark.django_db
def test_an_event_of_a_failed_transaction_never_was(room):
    with pytest.raises(RuntimeError), transaction.atomic():
        fail_after(lambda: publish(room, "said"))
    assert not LiveEvent.objects.exists()


def fail_after(act):
    act()
    raise RuntimeError


@pytest.mark.django_db
def test_old_events_are_forgotten(room):
    old, new = publish(room, "said"), publish(room, "said")
    LiveEvent.objects.filter(pk=old.pk).update(at="2020-01-01T00:00:00Z")
    assert forget_old_events() == 1
    assert LiveEvent.objects.get() == new


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("channel", ["room:secret", "elsewhere:1", "room"])
def test_a_channel_one_may_not_hear_does_not_exist(bob, room, channel):
    assert asyncio.run(opened(bob, channel)).status_code == 404


def test_a_prefix_belongs_to_one_app(room):
    with pytest.raises(ValueError, match="taken"):
        channels.register("room", lambda user, code: True)
