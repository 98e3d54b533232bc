"""The live process's own small HTTP and WebSocket application (ASGI, without a framework)."""

from glisson.streaming.app.routing import LiveApp

__all__ = ["LiveApp"]
