"""A browser as encoder: its WebSocket, handed to the publication that understands it."""

from __future__ import annotations

import asyncio
import contextlib

from glisson.streaming.app.answers import Receive, Send
from glisson.streaming.browser import BrowserPublication
from glisson.streaming.feed import Feed
from glisson.streaming.packets import Refused
from glisson.streaming.rights import Pass
from glisson.streaming.studio import Studio

DENIED = 4403


async def publish(studio: Studio, feed: Feed, viewer_pass: Pass, address: str, receive: Receive, send: Send) -> None:
    """Take a browser's frames until it stops, is turned out, or its pass no longer counts."""
    answers: asyncio.Queue[str | None] = asyncio.Queue(maxsize=200)

    def answer(text: str) -> None:
        # A browser that does not read its answers loses them; it cannot make us keep them.
        with contextlib.suppress(asyncio.QueueFull):
            answers.put_nowait(text)

    def hang_up() -> None:
        if answers.full():
            answers.get_nowait()
        answers.put_nowait(None)

    browser = BrowserPublication(lambda: feed.admit(None, way="browser", peer=address), answer, hang_up)
    telling = asyncio.create_task(_tell(answers, send))
    hearing = asyncio.create_task(_hear(studio, viewer_pass, browser, receive))
    try:
        await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
        reason = hearing.result() if hearing.done() else "The publication was ended."
    finally:
        hearing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await hearing
        await browser.close("The browser stopped publishing.")
    hang_up()
    with contextlib.suppress(OSError, TimeoutError):
        await asyncio.wait_for(telling, 2)
        await send({"type": "websocket.close", "code": DENIED if reason else 1000, "reason": (reason or "")[:100]})


async def _tell(answers: asyncio.Queue[str | None], send: Send) -> None:
    while (text := await answers.get()) is not None:
        await send({"type": "websocket.send", "text": text})


async def _hear(studio: Studio, viewer_pass: Pass, browser: BrowserPublication, receive: Receive) -> str | None:
    """Hand messages on; returns why it ended, None when the browser left by itself."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return None
        why = studio.why_not(studio.newest_pass(viewer_pass))
        if why is not None:
            return why
        try:
            if message.get("bytes") is not None:
                await browser.take_bytes(message["bytes"])
            else:
                await browser.take_text(message.get("text") or "")
        except Refused as refused:
            return refused.trouble.code
