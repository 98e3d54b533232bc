"""The demo: invented people in invented hospitals, and a meeting that is live right now."""

from glisson.web.demo.load import demo_feed_urls, load_demo

__all__ = ["demo_feed_urls", "load_demo"]
