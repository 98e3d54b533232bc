"""Every pair of colours that is read is measured, in light and in dark (WCAG 2 AA)."""

import re
from pathlib import Path

import pytest

import glisson.web

SHEET = (Path(glisson.web.__file__).parent / "static" / "css" / "tokens.css").read_text()
LIGHT, DARK, DEVICE_DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in re.split(r"\n  :root\[|@media", SHEET)
)
TEXT = [
    ("ink", "paper"),
    ("ink", "paper-2"),
    ("ink-2", "paper"),
    ("ink-2", "paper-2"),
    ("accent", "paper"),
    ("accent", "paper-2"),
    ("accent", "accent-soft"),
    ("accent-ink", "accent"),
    ("live-ink", "live"),
    ("live-text", "paper"),
    ("live-text", "danger-soft"),
    ("ink", "danger-soft"),
    ("good", "paper"),
    ("warn", "paper"),
    ("ink", "warn-soft"),
]
EDGES = [("line-strong", "paper"), ("accent", "paper"), ("warn", "warn-soft")]


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_choice_and_the_devices_own_dark_are_the_same():
    assert DARK == DEVICE_DARK
    assert len(DARK) > 10


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(theme, ink, paper):
    assert contrast(theme[ink], theme[paper]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "paper"), EDGES)
def test_edges_of_what_can_be_used_are_seen(theme, edge, paper):
    assert contrast(theme[edge], theme[paper]) >= 3
