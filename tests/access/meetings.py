from datetime import timedelta

from django.utils import timezone

from tests.access.rows import of, row

SEEN = {"anonymous": 302, "dina": 404, "others": 200}
PREPARES = {"anonymous": 302, "dina": 404, "alice": 200, "grace": 200, "others": 403}
PREPARED = PREPARES | {"alice": 302, "grace": 302}


def frame(world):
    today = timezone.now().date()
    return {
        "alliance": world.northern.pk,
        "title": "Spring meeting",
        "host": world.harbour.pk,
        "place": "Lecture theatre",
        "zone": "Asia/Shanghai",
        "starts_on": (today - timedelta(days=2)).isoformat(),
        "ends_on": (today + timedelta(days=2)).isoformat(),
    }


def line(world):
    day = timezone.now().date().isoformat()
    return {"kind": "lecture", "title": "Lecture", "starts_at": f"{day}T01:00", "ends_at": f"{day}T02:00"}


ROWS = [
    row("meetings:meetings", anonymous=302, others=200),
    row("meetings:new_meeting", anonymous=302, alice=200, others=403),
    row("meetings:new_meeting", method="post", data=frame, anonymous=302, alice=302, others=403),
    row("meetings:meeting", of("meeting"), **SEEN),
    row("meetings:meeting", lambda world: ["NOWHERE"], anonymous=302, others=404),
    # A draft is for those who prepare it: the office, the director, the host hospital's technician.
    row("meetings:meeting", of("draft"), anonymous=302, alice=200, grace=200, eva=200, others=404),
    row("meetings:edit_meeting", of("meeting"), **PREPARES),
    row("meetings:edit_meeting", of("meeting"), method="post", data=frame, **PREPARED),
    row("meetings:publish", of("meeting"), others=405),
    row("meetings:publish", of("meeting"), method="post", **(PREPARES | {"alice": 302, "grace": 403})),
    row("meetings:new_room", of("meeting"), **PREPARES),
    row("meetings:new_room", of("meeting"), method="post", data=lambda world: {"name": "Hall"}, **PREPARED),
    row("meetings:new_session", of("meeting"), **PREPARES),
    row("meetings:new_session", of("meeting"), method="post", data=line, **PREPARED),
    row("meetings:edit_session", of("session"), **PREPARES),
    row("meetings:edit_session", of("session"), method="post", data=line, **PREPARED),
]
