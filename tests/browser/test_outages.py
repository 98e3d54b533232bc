"""Processes killed, encoders gone, lines too thin: what viewers see of it."""

import sqlite3
import time
from contextlib import closing

from tests.browser.installation import Encoder, drawn_source
from tests.browser.looking import picture, until, wait_for_motion, watch_closely
from tests.browser.theatre import add_feed, choose_angle, close_feed, desk, open_technician, video_of, watch
from tests.browser.thin_line import ThinLine


def test_viewers_see_nothing_of_a_killed_web_process(person, installation):
    page = person("Chen")
    watch(page, installation)
    video = video_of(page, "Laparoscope")
    wait_for_motion(video)
    before = video.evaluate("video => video.currentTime")

    installation.kill("web")

    time.sleep(1.5)
    assert video.evaluate("video => video.currentTime") > before + 1
    wait_for_motion(video)
    installation.wait_for(f"{installation.url}/healthz")


def test_pictures_come_back_by_themselves_after_the_live_process_was_killed(person, installation):
    page = person("Chen")
    watch(page, installation)
    video = video_of(page, "Laparoscope")
    wait_for_motion(video)
    page.evaluate("window.same = true")

    installation.kill("live")

    installation.wait_for(f"{installation.live_url}/live/healthz")
    time.sleep(2)
    wait_for_motion(video, seconds=60)
    assert page.evaluate("window.same") is True


def test_pictures_go_on_while_the_database_is_locked_and_what_was_pressed_is_done_afterwards(person, installation):
    technician, viewer = person("Eva"), person("Chen")
    open_technician(technician, installation)
    add_feed(technician, "Locked out")
    watch(viewer, installation)
    video = video_of(viewer, "Laparoscope")
    wait_for_motion(video)

    with closing(sqlite3.connect(installation.folder / "var" / "db.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = video.evaluate("video => video.currentTime")
        desk(technician, "Locked out").get_by_role("button", name="Take off air").click(no_wait_after=True)
        time.sleep(3)
        assert video.evaluate("video => video.currentTime") > before + 2
        wait_for_motion(video)
        other.execute("ROLLBACK")

    desk(technician, "Locked out").get_by_role("button", name="Put on air").wait_for()
    close_feed(technician, "Locked out")


def test_an_encoder_that_comes_back_is_seen_again_without_a_reload(person, installation):
    technician, viewer = person("Eva"), person("Chen")
    open_technician(technician, installation)
    address = add_feed(technician, "Ultrasound probe")
    encoder = Encoder(address, *drawn_source())
    try:
        watch(viewer, installation)
        video = choose_angle(viewer, "Ultrasound probe")
        wait_for_motion(video)
        viewer.evaluate("window.same = true")

        encoder.kill()
        time.sleep(3)
        encoder = Encoder(address, *drawn_source())

        wait_for_motion(video, seconds=30)
        assert viewer.evaluate("window.same") is True
    finally:
        encoder.stop()
        close_feed(technician, "Ultrasound probe")


def test_a_viewer_with_300_kbit_and_half_a_second_stays_in_sound_and_picture(chromium, installation):
    with ThinLine(installation.live_port, kilobits=300, delay=0.5) as line:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
        try:
            page = context.new_page()
            # Everything the page asks of the live process goes through the thin line instead.
            page.add_init_script(line.detour(installation.live_port))
            page.goto(f"{installation.url}/demo/sign-in/")
            page.get_by_role("button", name="Farid").first.click()
            page.wait_for_url(lambda url: "/demo/" not in url)
            watch(page, installation)
            video = video_of(page, "Laparoscope")
            until(lambda: picture(video), seconds=60)
            # The player has to find the small picture by itself and then stay in sound and picture.
            until(lambda: video.evaluate("video => video.videoHeight") == 360, seconds=90)
            wait_for_motion(video, seconds=60)
            time.sleep(10)
            heard = watch_closely(video, seconds=30)
            assert heard["moved"] > 0.8, heard
            assert heard["sounded"] > 0.8, heard
            assert heard["heights"] == [360], heard
            assert line.connections > 0
        finally:
            context.close()
