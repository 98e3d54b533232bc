from tests.access.rows import of, row

SEEN = {"anonymous": 302, "dina": 404, "others": 200}
RUNS = {"anonymous": 302, "dina": 404, "eva": 200, "grace": 200, "alice": 200, "others": 403}
PRESSED = RUNS | {"eva": 302, "grace": 302, "alice": 302}
OFFICE = {"anonymous": 302, "dina": 404, "grace": 200, "alice": 200, "others": 403}
FEED = {"angle": "room", "title": "Room", "record": "on"}


def act(fixture, name):
    return lambda world: [getattr(world, fixture).code, name]


def consents(world):
    return [world.consent.code]


def session_and_case(world):
    """The case is made before the first role tries, not within what is undone after it."""
    assert world.case
    return [world.session.code]


ROWS = [
    row("theatre:live_cases", anonymous=302, others=200),
    row("theatre:propose", of("session"), anonymous=302, dina=404, chen=403, eva=403, others=200),
    row(
        "theatre:propose",
        session_and_case,
        method="post",
        data=lambda world: {"case": world.case.pk},
        # Whoever does not see the case cannot propose it.
        **{"anonymous": 302, "dina": 404, "chen": 403, "eva": 403, "farid": 422, "grace": 422, "others": 302},
    ),
    row("theatre:live", of("live_case"), **SEEN),
    row("theatre:live", of("cleared"), **SEEN),
    row("theatre:live", lambda world: ["NOWHERE"], anonymous=302, others=404),
    row("theatre:replay", of("closed_case"), **SEEN),
    row("theatre:replay", of("live_case"), **(SEEN | {"others": 302})),
    row("theatre:pass", of("live_case"), others=405),
    row("theatre:pass", of("live_case"), method="post", **SEEN),
    # Before it is open there is nothing to see but for those who run it.
    row("theatre:pass", of("cleared"), method="post", **RUNS),
    row("theatre:pass", of("closed_case"), method="post", **SEEN),
    row("theatre:technician", of("live_case"), **RUNS),
    row("theatre:new_feed", of("live_case"), **RUNS),
    row("theatre:new_feed", of("live_case"), method="post", data=lambda world: FEED, **PRESSED),
    row("theatre:edit_feed", of("feed"), **RUNS),
    row("theatre:edit_feed", of("feed"), method="post", data=lambda world: FEED, **PRESSED),
    row("theatre:publish", of("feed"), **RUNS),
    row("theatre:switch", act("feed", "arm"), others=405),
    row("theatre:switch", act("feed", "arm"), method="post", **PRESSED),
    row("theatre:switch", act("feed", "air"), method="post", **PRESSED),
    row("theatre:switch", act("on_air", "close"), method="post", **PRESSED),
    row("theatre:switch", act("feed", "rotate"), method="post", **PRESSED),
    row("theatre:walk", act("live_case", "close"), others=405),
    row(
        "theatre:walk",
        act("proposed", "consent"),
        method="post",
        **(PRESSED | {"grace": 403, "bob": 302}),
    ),
    row(
        "theatre:walk",
        act("consented", "clear"),
        method="post",
        anonymous=302,
        dina=404,
        alice=302,
        others=403,
    ),
    row("theatre:walk", act("cleared", "open"), method="post", **(PRESSED | {"bob": 302})),
    row("theatre:walk", act("live_case", "close"), method="post", **(PRESSED | {"bob": 302})),
    row("theatre:revoke", of("live_case"), **OFFICE),
    row(
        "theatre:revoke",
        of("live_case"),
        method="post",
        data=lambda world: {"person": world.chen.pk, "reason": "Filmed the screen"},
        **(OFFICE | {"grace": 302, "alice": 302}),
    ),
    row("theatre:withdraw", consents, anonymous=302, bob=200, alice=200, eva=403, others=404),
    row("theatre:withdraw", consents, method="post", anonymous=302, bob=302, alice=302, eva=403, others=404),
]
