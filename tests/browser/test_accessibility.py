"""The main pages for those who do not see, do not use a mouse, hold a phone, or read from right to left."""

import re
from pathlib import Path

import pytest

from tests.browser.installation import Encoder, drawn_source
from tests.browser.looking import until
from tests.browser.theatre import add_feed, close_feed, desk, open_technician

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIOLATIONS = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id} (${help}) at ${target.flat().join(' ')}: ${html.slice(0, 120)}`));
}"""
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  const sticksOut = ({ left, right }) => left < -1 || right > wide + 1;
  const culprits = [...document.body.querySelectorAll('*')].filter((one) => sticksOut(one.getBoundingClientRect()));
  const names = culprits.slice(0, 5).map((one) => one.outerHTML.slice(0, 100));
  return [`${document.scrollingElement.scrollWidth - wide} px too wide`, ...names];
}"""
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return (one.getAttribute('aria-label') || one.innerText || one.getAttribute('name') || one.tagName).trim();
}"""
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WAYS = {
    "light": {"color_scheme": "light", "locale": "en"},
    "dark": {"color_scheme": "dark", "locale": "en"},
    "right to left": {"color_scheme": "dark", "locale": "ar"},
}


@pytest.fixture(scope="module")
def browse(chromium, installation):
    """``browse("Bob", ...)`` is a page of somebody (or of nobody); each person signs in once for this file."""
    signed_in, contexts = {None: None}, []

    def cookies_of(name):
        if name not in signed_in:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{installation.url}/demo/sign-in/")
            page.get_by_role("button", name=name).first.click()
            page.wait_for_url(lambda url: "/demo/" not in url)
            signed_in[name] = context.storage_state()
            context.close()
        return signed_in[name]

    def page_of(name, **options):
        # the tool under test is put into the page, which the page's own policy would refuse
        context = chromium.new_context(
            **{"viewport": DESK, "bypass_csp": True, "storage_state": cookies_of(name)} | options
        )
        contexts.append(context)
        chosen = {"glisson_language": options.get("locale", "en"), "glisson_theme": options.get("color_scheme", "")}
        context.add_cookies([{"name": name, "value": chosen[name], "url": installation.url} for name in chosen])
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def recorded(browse, installation):
    """A feed that was on air for a moment and is closed: there is something to replay."""
    page = browse("Eva")
    open_technician(page, installation)
    encoder = Encoder(add_feed(page, "Short room view", "Room"), *drawn_source(size="320x180"))
    try:
        desk(page, "Short room view").locator("glisson-health").get_by_text(re.compile("320.{1,3}180")).first.wait_for()
    finally:
        close_feed(page, "Short room view")
        encoder.stop()
    page.context.close()


@pytest.fixture(scope="module")
def pages(browse, installation):
    """The main pages of this installation: who opens it, its address, and what stands there once it is built."""
    page = browse("Bob")

    def linked(start, pattern):
        page.goto(f"{installation.url}{start}")
        paths = page.locator("main a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
        return next(path for path in paths if re.fullmatch(pattern, path))

    live = linked("/", r"/theatre/\w+/")
    found = [
        ("sign-in", None, "/accounts/login/", "main form"),
        ("demo sign-in", None, "/demo/sign-in/", ".person-tile"),
        ("today", "Bob", "/", "glisson-player video"),
        ("meetings", "Bob", "/meetings/", "h1"),
        ("meeting", "Bob", linked("/meetings/", r"/meetings/\w{8}/"), "h1"),
        ("case", "Bob", linked("/cases/", r"/cases/\w{8}/"), "h1"),
        ("case form", "Bob", "/cases/new/", "main form"),
        ("alliance", "Bob", "/alliances/", "h1"),
        ("hospital", "Bob", linked("/alliances/", r"/hospitals/\w+/"), "h1"),
        ("live", "Bob", live, "glisson-stage .tile:visible"),
        ("replay", "Bob", f"{live}replay/", "glisson-replay .speed"),
        ("technician", "Eva", f"{live}technician/", "glisson-health .verdict"),
    ]
    page.context.close()
    return found


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("way", WAYS)
def test_no_page_breaks_wcag_or_overflows_a_phone(way, browse, pages, installation):
    opened, complaints = {}, {}
    for title, who, path, built in pages:
        if who not in opened:
            opened[who] = browse(who, **WAYS[way])
        page = opened[who]
        page.set_viewport_size(DESK)
        page.goto(f"{installation.url}{path}")
        page.locator(built).first.wait_for()
        assert page.locator("html").get_attribute("dir") == ("rtl" if way == "right to left" else "ltr")
        page.add_script_tag(path=AXE)
        found = page.evaluate(VIOLATIONS, RULES)
        page.set_viewport_size(PHONE)
        found += [f"on a phone: {one}" for one in page.evaluate(STICKING_OUT)]
        if found:
            complaints[title] = found
    assert complaints == {}
    for page in opened.values():
        page.context.close()


def test_the_player_is_used_by_keyboard_alone(browse, pages, installation):
    page = browse("Bob")
    page.goto(f"{installation.url}{next(path for title, _, path, _ in pages if title == 'live')}")
    page.locator("glisson-stage .tile:visible").first.wait_for()

    met = []
    for _ in range(40):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUSED))
        if met[-1] == "Side by side":
            break
    assert {"Pause", "Turn on sound", "Picture settings", "Full screen", "Side by side"} <= set(met)

    page.keyboard.press("Enter")
    page.locator("glisson-stage .frame[data-place=right]").wait_for()
    settings = page.locator("glisson-stage").get_by_role("button", name="Picture settings")
    settings.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == page.locator("glisson-stage .menu input:checked").first.get_attribute("name")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Picture settings"

    page.keyboard.press("s")
    until(lambda: page.locator("glisson-stage .frame[data-place=right]").count() == 0)


def test_the_skip_link_comes_first_and_leads_to_the_content(browse, installation):
    page = browse("Bob")
    page.goto(f"{installation.url}/meetings/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_stream_key_is_copied_by_keyboard(browse, pages, installation):
    page = browse("Eva", permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{installation.url}{next(path for title, _, path, _ in pages if title == 'technician')}")
    laparoscope = desk(page, "Laparoscope")
    laparoscope.get_by_role("button", name="Copy the key").focus()
    page.keyboard.press("Enter")
    laparoscope.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == laparoscope.locator(".typed code").nth(1).inner_text().strip()
    assert len(copied) > 20
