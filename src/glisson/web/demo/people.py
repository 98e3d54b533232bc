"""Invented people and hospitals. Any likeness to a real person or hospital is an accident."""

from dataclasses import dataclass, field
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

LAKESIDE, HARBOUR, RIVERBEND = HOSPITALS[0][0], HOSPITALS[1][0], HOSPITALS[4][0]


@dataclass(frozen=True)
class Invented:
    """A person of the demo: e-mail name, languages, and roles in a hospital and in the alliance."""

    name: str
    mail: str
    speaks: tuple[str, ...]
    place: str = LAKESIDE
    at_hospital: tuple[Role, ...] = ()
    in_alliance: tuple[Role, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


PEOPLE = [
    Invented("Alice Marchetti", "alice", ("en", "fr"), LAKESIDE, (Role.SURGEON,), (Role.CHAIR, Role.OFFICE)),
    Invented("Bob Lindqvist", "bob", ("en",), LAKESIDE, (Role.SURGEON,), (Role.FACULTY,)),
    Invented("Chen Rui", "chen", ("zh-hans", "en"), HARBOUR, (Role.TRAINEE,), names={"zh-hans": "陈睿"}),
    Invented("Eva Novak", "eva", ("en",), LAKESIDE, (Role.TECHNICIAN,)),
    Invented(
        "Farid Rahmonov",
        "farid",
        ("ru", "en"),
        RIVERBEND,
        (Role.SURGEON,),
        names={"ru": "Фарид Рахмонов", "ar": "فريد رحمانوف"},
    ),
    Invented("Grace Okafor", "grace", ("en",), in_alliance=(Role.DIRECTOR,)),
    Invented("Hana Sato", "hana", ("en",), LAKESIDE, (Role.NURSE,)),
    Invented("Ivan Petrovic", "ivan", ("en", "ru"), LAKESIDE, (Role.ANAESTHETIST,)),
    Invented("Jun Mori", "jun", ("zh-hans",), HARBOUR, (Role.SURGEON, Role.COORDINATOR), names={"zh-hans": "森俊"}),
    Invented("Karin Holm", "karin", ("en",), LAKESIDE, (Role.SURGEON,)),
]


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
    for one in PEOPLE:
        person = _invent(one.name, one.names, one.mail, list(one.speaks))
        for role in one.at_hospital:
            appoint(person, role=role, hospital=hospital(one.place), starts_on=FOUNDED, acting_user=None)
        for role in one.in_alliance:
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
    person: Person = Person.objects.create_user(  # type: ignore[no-untyped-call]
        f"{mail}@demo.example", None, name=name, names=names, speaks=speaks, invented=True
    )
    log(person, "person.invented", acting_user=None, after={"name": name})
    return person
