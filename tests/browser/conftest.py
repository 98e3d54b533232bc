"""One installation and one Chromium for all browser tests; each person gets a browser context of their own."""

import shutil
from pathlib import Path

import pytest

from tests.browser.installation import CLIP, Installation

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.fail("Chromium is missing; on Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    place = Installation(tmp_path_factory.mktemp("installation"))
    try:
        yield place.start()
    finally:
        place.stop()
    assert place.complaints() == []


@pytest.fixture
def clip():
    if not CLIP.exists():
        pytest.skip(f"the dry-lab clip is not beside the repository ({CLIP.name})")
    return CLIP


@pytest.fixture
def person(chromium, installation):
    """``person("Eva")`` is a page of somebody signed in by one click, in a context of their own."""
    contexts = []

    def sign_in(name, **context_options):
        context = chromium.new_context(**({"viewport": {"width": 1440, "height": 900}} | context_options))
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{installation.url}/demo/sign-in/")
        page.get_by_role("button", name=name).first.click()
        page.wait_for_url(lambda url: "/demo/" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()
