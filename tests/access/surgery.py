from tests.access.rows import of, row

HOSPITAL = {"anonymous": 302, "dina": 404, "chen": 404, "farid": 404, "grace": 404}
"""Lakeside's people and the alliance's office see a case of Lakeside; the others do not know that it exists."""

SURGEON = HOSPITAL | {"eva": 403, "alice": 403, "bob": 200}


def new_case(world):
    return {
        "hospital": world.lakeside.pk,
        "operated_on": "2031-01-01",
        "modules": ["lh"],
        "approach_intended": "laparoscopic",
        "icg_use": "none",
        "team_surgeon": world.bob.pk,
    }


def new_consent(world):
    return {"scopes": ["live"], "document": "Folder 9", "signed_at": "2026-01-01T08:00"}


ENTERS = {"anonymous": 302, "chen": 403, "eva": 403, "grace": 403}

ROWS = [
    row("surgery:cases", anonymous=302, others=200),
    row("surgery:derived_name", anonymous=302, others=200),
    row("surgery:new_case", **ENTERS, others=200),
    # Surgeons of other hospitals have a form of their own, in which Lakeside cannot be chosen.
    row("surgery:new_case", method="post", data=new_case, **ENTERS, bob=302, alice=302, others=422),
    row("surgery:case", of("case"), **HOSPITAL, others=200),
    row("surgery:case", lambda world: ["NOWHERE"], anonymous=302, others=404),
    row("surgery:edit_case", of("case"), **SURGEON),
    row("surgery:edit_case", of("case"), method="post", data=new_case, **(SURGEON | {"bob": 302})),
    row("surgery:new_consent", of("case"), **SURGEON),
    row("surgery:new_consent", of("case"), method="post", data=new_consent, **(SURGEON | {"bob": 302})),
]
