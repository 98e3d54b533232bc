"""Invented people and hospitals. Any likeness to a real person or hospital is an accident."""

from datetime import date

from glisson.alliance.domain.alliance import found_alliance
from glisson.alliance.domain.appointment import appoint
from glisson.alliance.domain.hospital import add_hospital
from glisson.alliance.enums import Role, Tier
from glisson.alliance.models import Alliance, Hospital, Person
from glisson.core.domain.log import log

FOUNDED = date(2021, 3, 1)

NORTHERN = "Northern Alliance"
SOUTHERN = "Southern Circle"

HOSPITALS = [
    # name, other names, tier, province, city
    (
        "Lakeside General Hospital",
        {"zh-hans": "湖畔总医院", "ar": "مستشفى البحيرة العام"},
        Tier.CHAIR,
        "Lake",
        "Lakeside",
    ),
    (
        "Harbour University Hospital",
        {"zh-hans": "港湾大学医院", "ar": "مستشفى جامعة المرفأ"},
        Tier.VICE_CHAIR,
        "Coast",
        "Harbour",
    ),
    ("Highfield Hospital", {"zh-hans": "高原医院"}, Tier.VICE_CHAIR, "Highland", "Highfield"),
    ("Eastgate Hospital", {"zh-hans": "东门医院"}, Tier.VICE_CHAIR, "Lake", "Eastgate"),
    (
        "Riverbend Provincial Hospital",
        {"zh-hans": "河湾省立医院", "ar": "مستشفى منعطف النهر"},
        Tier.MEMBER,
        "River",
        "Riverbend",
    ),
    ("Stonebridge Municipal Hospital", {"zh-hans": "石桥市立医院"}, Tier.MEMBER, "River", "Stonebridge"),
    ("Pinewood County Hospital", {"zh-hans": "松林县医院"}, Tier.MEMBER, "Forest", "Pinewood"),
    ("Millbrook Hospital", {"zh-hans": "磨溪医院"}, Tier.OBSERVER, "Forest", "Millbrook"),
]

PEOPLE = [
    # name, other names, e-mail, languages, hospital or None, roles there, roles in the alliance
    ("Alice Marchetti", {}, "alice", ["en", "fr"], "Lakeside General Hospital", [Role.SURGEON], [Role.CHAIR, Role.OFFICE]),
    ("Bob Lindqvist", {}, "bob", ["en"], "Lakeside General Hospital", [Role.SURGEON], [Role.FACULTY]),
    ("Chen Rui", {"zh-hans": "陈睿"}, "chen", ["zh-hans", "en"], "Harbour University Hospital", [Role.TRAINEE], []),
    ("Eva Novak", {}, "eva", ["en"], "Lakeside General Hospital", [Role.TECHNICIAN], []),
    ("Farid Rahmonov", {"ru": "Фарид Рахмонов", "ar": "فريد رحمانوف"}, "farid", ["ru", "en"],
     "Riverbend Provincial Hospital", [Role.SURGEON], []),
    ("Grace Okafor", {}, "grace", ["en"], None, [], [Role.DIRECTOR]),
    ("Hana Sato", {}, "hana", ["en"], "Lakeside General Hospital", [Role.NURSE], []),
    ("Ivan Petrovic", {}, "ivan", ["en", "ru"], "Lakeside General Hospital", [Role.ANAESTHETIST], []),
    ("Jun Mori", {"zh-hans": "森俊"}, "jun", ["zh-hans"], "Harbour University Hospital", [Role.SURGEON, Role.COORDINATOR], []),
    ("Karin Holm", {}, "karin", ["en"], "Lakeside General Hospital", [Role.SURGEON], []),
]  # fmt: skip


def load_people() -> tuple[Alliance, dict[str, Person]]:
    """Found both alliances and their people, once; returns the Northern Alliance and the people by first name."""
    alliance = Alliance.objects.filter(name=NORTHERN).first() or _found_northern()
    if not Alliance.objects.filter(name=SOUTHERN).exists():
        _found_southern()
    people = Person.objects.filter(invented=True)
    return alliance, {person.email.split("@")[0]: person for person in people}


def hospital(name: str) -> Hospital:
    """One of the invented hospitals."""
    return Hospital.objects.get(name=name)


def _found_northern() -> Alliance:
    alliance = found_alliance(
        name=NORTHERN,
        names={"zh-hans": "北方联盟", "ar": "التحالف الشمالي"},
        about="Invented for the demo: hospitals of five provinces that operate in front of each other.",
        time_zone="Asia/Shanghai",
        acting_user=None,
    )
    for name, names, tier, province, city in HOSPITALS:
        add_hospital(
            alliance,
            tier=tier,
            starts_on=FOUNDED,
            acting_user=None,
            name=name,
            names=names,
            country="CN",
            province=province,
            city=city,
            time_zone="Asia/Shanghai",
        )
    for name, names, mail, speaks, place, at_hospital, in_alliance in PEOPLE:
        person = _invent(name, names, mail, speaks)
        for role in at_hospital:
            appoint(person, role=role, hospital=hospital(place), starts_on=FOUNDED, acting_user=None)
        for role in in_alliance:
            appoint(person, role=role, alliance=alliance, starts_on=FOUNDED, acting_user=None)
    return alliance


def _found_southern() -> Alliance:
    alliance = found_alliance(
        name=SOUTHERN,
        names={"ar": "الحلقة الجنوبية"},
        about="Invented for the demo: another alliance in the same installation. It sees nothing of the first.",
        time_zone="Africa/Cairo",
        acting_user=None,
    )
    island = add_hospital(
        alliance,
        tier=Tier.CHAIR,
        starts_on=FOUNDED,
        acting_user=None,
        name="Island Hospital",
        names={"ar": "مستشفى الجزيرة"},
        country="EG",
        city="Island",
        time_zone="Africa/Cairo",
    )
    dina = _invent("Dina Haddad", {"ar": "دينا حداد"}, "dina", ["ar", "en"])
    appoint(dina, role=Role.SURGEON, hospital=island, starts_on=FOUNDED, acting_user=None)
    appoint(dina, role=Role.CHAIR, alliance=alliance, starts_on=FOUNDED, acting_user=None)
    return alliance


def _invent(name: str, names: dict[str, str], mail: str, speaks: list[str]) -> Person:
    # Without a password: the only way in is the one click of the demo.
    person = Person.objects.create_user(
        f"{mail}@demo.example", None, name=name, names=names, speaks=speaks, invented=True
    )
    log(person, "person.invented", acting_user=None, after={"name": name})
    return person
