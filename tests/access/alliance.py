from tests.access.rows import of, row

SEEN = {"anonymous": 302, "dina": 404, "others": 200}
OFFICE = {"anonymous": 302, "dina": 404, "alice": 200, "others": 403}
TERM = {"starts_on": "2031-01-01", "tier": "observer"}


def membership(world):
    return [world.harbour.memberships.get().code]


def appointment(world):
    return [world.chen.appointments.get().code]


def invitation(world):
    return [world.invitation.code]


ROWS = [
    row("alliance:alliances", anonymous=302, others=302),
    row("alliance:alliance", of("northern"), **SEEN),
    row("alliance:alliance", lambda world: ["NOWHERE"], anonymous=302, others=404),
    row("alliance:edit_alliance", of("northern"), **OFFICE),
    row("alliance:add_hospital", of("northern"), **OFFICE),
    row("alliance:appoint_in_alliance", of("northern"), **OFFICE),
    row("alliance:invite_to_alliance", of("northern"), **OFFICE),
    row("alliance:change_tier", membership, **OFFICE),
    row("alliance:change_tier", membership, method="post", data=lambda world: TERM, **(OFFICE | {"alice": 302})),
    row("alliance:end_membership", membership, **OFFICE),
    row("alliance:end_appointment", appointment, **OFFICE),
    row("alliance:hospital", of("harbour"), **SEEN),
    row("alliance:hospital", of("island_hospital"), anonymous=302, dina=200, others=404),
    row("alliance:edit_hospital", of("harbour"), **OFFICE),
    row("alliance:appoint_in_hospital", of("harbour"), **OFFICE),
    row("alliance:invite_to_hospital", of("harbour"), **OFFICE),
    row("alliance:person", of("chen"), **SEEN),
    row("alliance:person", of("dina"), anonymous=302, dina=200, others=404),
    row("alliance:edit_person", of("chen"), anonymous=302, dina=404, chen=200, others=403),
    row("alliance:invitation", lambda world: ["not-a-token"], others=404),
    row("alliance:invitation", lambda world: [world.invitation.token], anonymous=200, others=403),
    row("alliance:withdraw_invitation", invitation, anonymous=405, others=405),
    row("alliance:withdraw_invitation", invitation, method="post", **(OFFICE | {"alice": 302})),
]
