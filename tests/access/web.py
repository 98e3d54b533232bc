from tests.access.rows import row

ROWS = [
    row("today", anonymous=302, others=200),
    row("healthz", others=200),
    row("switch_theme", others=405),
    row("switch_theme", method="post", data=lambda world: {"theme": "dark"}, others=302),
    row("switch_language", others=405),
    row("switch_language", method="post", data=lambda world: {"language": "ar"}, others=302),
    row("demo_sign_in", others=404),
    row("demo_sign_in", method="post", data=lambda world: {"person": world.alice.code}, others=404),
    row("demo_sign_in", settings={"DEMO": True}, others=200),
    # A person who was not invented can never be signed in as by one click.
    row(
        "demo_sign_in",
        settings={"DEMO": True},
        method="post",
        data=lambda world: {"person": world.alice.code},
        others=404,
    ),
    row("events", lambda world: ["nobody:registered"], anonymous=403, others=404),
    row("events", lambda world: ["alliance"], anonymous=403, others=404),
]
