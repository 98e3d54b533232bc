"""What people do on the theatre's pages, in the words of the buttons."""

from __future__ import annotations

import re

from tests.browser.looking import until


def open_technician(page, installation):
    """From Today to the technician's page of the live case."""
    page.goto(f"{installation.url}/")
    page.get_by_role("link", name="Look after the feeds").first.click()
    page.wait_for_url(re.compile(r"/technician/$"))


def add_feed(page, title, angle="Ultrasound"):
    """Add a feed and put it on air; return the address with its stream key, as a technician copies it."""
    page.get_by_role("link", name="Add a feed").first.click()
    page.get_by_label("Angle").select_option(label=angle)
    page.get_by_label("Title").fill(title)
    page.locator("form button.button--primary").click()
    page.wait_for_url(re.compile(r"/technician/"))
    desk(page, title).get_by_role("button", name="Open for the encoder").click()
    desk(page, title).get_by_role("button", name="Put on air").click()
    desk(page, title).get_by_role("button", name="Take off air").wait_for()
    return address(page, title)


def address(page, title):
    """Server and stream key of a feed, as its desk shows them."""
    server, key = desk(page, title).locator(".typed code").all_text_contents()[:2]
    return f"{server.strip()}/{key.strip()}"


def desk(page, title):
    """The part of the technician's page that is about one feed."""
    return page.locator("section.desk").filter(has=page.get_by_role("heading", name=title))


def close_feed(page, title):
    desk(page, title).get_by_role("button", name="Close the feed").click()
    confirm = page.get_by_role("dialog").get_by_role("button", name=re.compile("close", re.IGNORECASE))
    if confirm.count():
        confirm.first.click()
    desk(page, title).get_by_text("Closed: the encoder is turned away").wait_for()


def watch(page, installation):
    """From Today to the live page."""
    page.goto(f"{installation.url}/")
    page.get_by_role("link", name="Watch").first.click()
    page.wait_for_selector("glisson-stage")


def choose_angle(page, title):
    """Make one angle the large picture, waiting for it to be offered; return its video element."""
    tile = page.locator("glisson-stage button.tile", has_text=title)
    until(lambda: tile.count(), seconds=30)
    tile.first.click()
    return video_of(page, title)


def video_of(page, title, place="glisson-stage"):
    """The video element of one angle."""
    return page.locator(f"{place} .frame", has_text=title).locator("video").first
