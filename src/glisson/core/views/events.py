import asyncio
import json
import time

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponseForbidden, StreamingHttpResponse
from django.views.decorators.http import require_GET

from glisson.core.bus import Event, bus
from glisson.core.channels import may_listen
from glisson.core.connections import give_back
from glisson.core.models import LiveEvent

HEARTBEAT = 15
RECHECK = 60
REPLAYED_MOST = 500


@require_GET
async def events(request, channel):
    """Server-sent events of one channel, from where the reader left off (``Last-Event-ID``)."""
    user = await request.auser()
    if not await _allowed(user, channel):
        if not user.is_authenticated:
            return HttpResponseForbidden("Sign in to follow this page.", content_type="text/plain")
        raise Http404
    last = request.headers.get("Last-Event-ID") or request.GET.get("after") or ""
    # The stream may last for hours: the connection that looked the reader up goes back first.
    await sync_to_async(give_back)()
    answer = StreamingHttpResponse(
        _stream(user, channel, int(last) if last.isdecimal() and len(last) < 19 else None),
        content_type="text/event-stream",
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _stream(user, channel, last):
    with bus.listening(channel) as listener:
        checked = time.monotonic()
        yield "retry: 2000\n\n"
        missed, complete = await _missed(channel, last)
        if not complete:
            yield _written(missed[-1].id if missed else 0, "reset", {})
        for event in missed if complete else []:
            yield _written(event.id, event.kind, event.data)
        told = max([last or 0, *(event.id for event in missed)])
        while not listener.overrun:
            try:
                event = await asyncio.wait_for(listener.next(), HEARTBEAT)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                if event.id > told:
                    told = event.id
                    yield _written(event.id, event.kind, event.data)
            if time.monotonic() - checked > RECHECK:
                checked = time.monotonic()
                if not await _allowed(user, channel):
                    yield _written(told, "denied", {})
                    return
        yield _written(told, "reset", {})


@sync_to_async
def _allowed(user, channel):
    try:
        return may_listen(user, channel)
    finally:
        give_back()


@sync_to_async
def _missed(channel, last):
    """What was published after ``last``, and whether that is everything (older events are forgotten)."""
    if last is None:
        return [], True
    try:
        oldest = LiveEvent.objects.order_by("pk").values_list("pk", flat=True).first()
        rows = (
            LiveEvent.objects.filter(channel=channel, pk__gt=last)
            .order_by("pk")
            .values("id", "channel", "kind", "data")
        )
        missed = [Event(**row) for row in rows[: REPLAYED_MOST + 1]]
    finally:
        give_back()
    if len(missed) > REPLAYED_MOST:
        return missed, False
    return missed, oldest is None or oldest <= last + 1 or last == 0


def _written(number, kind, data):
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
