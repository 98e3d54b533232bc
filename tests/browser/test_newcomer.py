"""The first hour of a newcomer: a living meeting, a picture of their own, its end and its replay."""

import re

from tests.browser.installation import Encoder, drawn_source, looped_clip
from tests.browser.looking import is_bright, loudness, picture, until, wait_for_motion
from tests.browser.theatre import (
    add_feed,
    choose_angle,
    close_feed,
    desk,
    open_technician,
    video_of,
    watch,
)


def test_the_first_page_of_a_newcomer_is_a_living_meeting(person):
    page = person("Farid")
    video = page.locator("video").first
    wait_for_motion(video)


def test_both_rehearsal_angles_live_on_the_stage_and_the_sound_can_be_heard(person, installation):
    page = person("Chen")
    watch(page, installation)
    wait_for_motion(video_of(page, "Laparoscope"))
    fluorescence = choose_angle(page, "Fluorescence")
    wait_for_motion(fluorescence)
    until(lambda: loudness(fluorescence) > 0.001)


def test_a_clip_published_with_plain_ffmpeg_is_seen_heard_closed_and_replayed(person, installation, clip):
    technician, viewer = person("Eva"), person("Chen")
    open_technician(technician, installation)
    address = add_feed(technician, "Dry lab")
    encoder = Encoder(address, *looped_clip())
    try:
        health = desk(technician, "Dry lab").locator("glisson-health")
        health.get_by_text(re.compile("320.{1,3}240")).first.wait_for(timeout=40_000)

        watch(viewer, installation)
        video = choose_angle(viewer, "Dry lab")
        wait_for_motion(video)
        until(lambda: loudness(video) > 0.01)
        assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [320, 240]
    finally:
        close_feed(technician, "Dry lab")
        encoder.stop()

    # The worker registers the recording within seconds; then the desk offers its replay.
    until(lambda: technician.reload() and desk(technician, "Dry lab").get_by_role("link", name="Replay").count())
    link = desk(technician, "Dry lab").get_by_role("link", name="Replay").get_attribute("href")
    viewer.goto(f"{installation.url}{link}")
    viewer.wait_for_selector("glisson-replay")
    replayed = video_of(viewer, "Dry lab", "glisson-replay")
    until(lambda: is_bright(picture(replayed)), seconds=40)
    viewer.locator("glisson-replay").get_by_role("button", name=re.compile("^Play")).first.click()
    wait_for_motion(replayed)
    assert replayed.evaluate("video => video.videoWidth") == 320


def test_a_wrong_key_is_turned_away_and_the_technician_reads_why(person, installation):
    page = person("Eva")
    open_technician(page, installation)
    address = add_feed(page, "Room camera", "Room")
    encoder = Encoder(address[:-4] + "9999", *drawn_source())

    _, complaint = encoder.process.communicate(timeout=30)
    assert encoder.process.returncode != 0, complaint
    health = desk(page, "Room camera").locator("glisson-health")
    health.get_by_text("Somebody tried with a wrong key").first.wait_for(timeout=20_000)
    close_feed(page, "Room camera")
