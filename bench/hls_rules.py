"""Ten thousand playlists, made from encoders of every habit, and some fetched over HTTP, through our validator."""

from __future__ import annotations

import collections
import random
import re
import time

from glisson.streaming.hls_rules import Fetched, check
from glisson.streaming.packager import Packager
from glisson.streaming.playlist import LivePlaylist
from glisson.streaming.ring import Part, Ring

from . import clips, sources
from .encoders import Clock, publication
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row

ID = "streaming.hls_rules"
TARGET = "10,000 playlists: 0 violations"
HINT = re.compile(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.')


def one_life(seed: int) -> list[Fetched]:
    """Return every playlist that a client which never misses a part gets over the life of one feed.

    An encoder comes, goes, comes back after a gap, another one takes over; every second answer is a delta update.
    """
    chance = random.Random(seed)
    clock, ring = Clock(), Ring()
    packager, playlist, answers = Packager(ring, now=clock), LivePlaylist(ring), []
    for _ in range(chance.randrange(2, 5)):
        for _ in publication(packager, clock, chance, chance.uniform(4, 40)):
            _ask(ring, playlist, answers)
        packager.break_timeline("gone")
        _ask(ring, playlist, answers)
        clock.time += chance.choice((0.4, 3, 60))
    return answers


def _ask(ring: Ring, playlist: LivePlaylist, answers: list[Fetched]) -> None:
    """Ask for the part that was announced last, when it is there."""
    asked = HINT.search(answers[-1].text) if answers else None
    wanted = (int(asked[1]), int(asked[2])) if asked else None
    newest = max(((part.msn, part.index) for part in _newest(ring) if part.complete), default=(-1, -1))
    if newest < (wanted or (0, 0)):
        return
    skip = bool(answers) and len(answers) % 2 == 0
    text = playlist.render(skip=skip).decode()
    answers.append(Fetched(text, *(wanted or (None, None)), skip=skip))


def _newest(ring: Ring) -> list[Part]:
    return [part for segment in list(ring.segments)[-2:] for part in segment.parts]


def over_http(seconds: float) -> list[Fetched]:
    """Return playlists as a client gets them from the running live process, by blocking reloads."""
    answers: list[Fetched] = []
    with GlissonLive() as live, sources.looped(clips.lean(), live.rtmp(live.key())):
        live.wait_on_air()
        end, path = time.monotonic() + seconds, live.path("original/live.m3u8")
        answers.append(Fetched(live.get(path).decode()))
        while time.monotonic() < end and (asked := HINT.search(answers[-1].text)):
            skip = len(answers) % 2 == 0
            query = f"?_HLS_msn={asked[1]}&_HLS_part={asked[2]}{'&_HLS_skip=YES' if skip else ''}"
            answers.append(Fetched(live.get(path + query).decode(), int(asked[1]), int(asked[2]), skip))
    return answers


def run(lengths: Lengths) -> list[Row]:
    """Make lives until there are enough playlists, and check each."""
    broken: collections.Counter[str] = collections.Counter()
    total = lives = 0
    first = ""
    while total < lengths.playlists:
        answers = one_life(lives)
        violations = check(answers)
        broken.update(violation.rule for violation in violations)
        if violations and not first:
            worst = violations[0]
            first = f"first: life {lives}, playlist {worst.playlist}, line {worst.line}: {worst.text}"
        total, lives = total + len(answers), lives + 1
    fetched = over_http(lengths.seconds)
    violations = check(fetched, renditions=["../audio/live.m3u8"])
    broken.update(violation.rule for violation in violations)
    notes = [f"{total} playlists of {lives} simulated feeds, {len(fetched)} more fetched over HTTP by blocking reloads"]
    notes += [f"{rule}: {count}" for rule, count in broken.most_common()] + ([first] if first else [])
    notes += [f"over HTTP: {violations[0].text}"] if violations else []
    count = sum(broken.values())
    return [Row(ID, float(count), f"violations in {total + len(fetched):,}", TARGET, met=count == 0, notes=notes)]
