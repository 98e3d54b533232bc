"""In a real Chromium: a passkey is added and signed in with, under the policy that forbids scripts in pages."""

import os
import re

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PASSWORD = "a-quiet-theatre-at-dawn"


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop runs in this thread
    with sync_playwright() as driver:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--disable-component-update"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
        assert complaints == []


@pytest.fixture
def bob_signed_in(page, live_server, bob):
    bob.set_password(PASSWORD)
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=True)
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", bob.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button:has-text('Sign in')")
    expect(page).to_have_url(f"{live_server.url}/")
    return page


def test_a_passkey_is_added_and_signs_in_by_itself(bob_signed_in, live_server):
    page = bob_signed_in
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)  # asked once more before anything about signing in is changed
    page.click("main form button[type=submit]")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(re.compile("recovery-codes|webauthn/$"))
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.click("#passkey_login")
    expect(page).to_have_url(f"{live_server.url}/")


def test_menus_open_close_and_switch_without_a_page_that_moves(bob_signed_in):
    page = bob_signed_in
    page.click("summary[title='Colours']")
    page.keyboard.press("Escape")
    expect(page.locator("button[value=dark]")).to_be_hidden()
    page.click("summary[title='Colours']")
    page.click("button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 18, 17)"
    page.click("summary[title='Language']")
    page.click("button[value=ar]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_can_be_pressed_is_large_enough_for_a_finger(bob_signed_in):
    small = bob_signed_in.evaluate(
        """[...document.querySelectorAll("a.button, button, summary, nav a")]
             .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
             .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([text]) => text)"""
    )
    assert small == []
