"""The parts operations are composed of: resections and add-ons, each with its steps.

The assignment of steps to phases is the project's own and waits for review by two liver surgeons.
"""

from dataclasses import dataclass

from glisson.clinical.segments import SegmentSet
from glisson.clinical.steps import Phase, Step


@dataclass(frozen=True, slots=True)
class Module:
    """A resection, or an add-on to one.

    Parameters
    ----------
    code
        Stable code, as stored with a case.
    version
        Raised when steps change, so that an old case keeps the steps it was done with.
    name
        What it is called inside an operation's title.
    is_addon
        Whether it only goes together with a resection.
    segments
        The segment set it stands for; empty where the surgeon must say (a wedge).
    steps
        Steps beyond the common skeleton, in the order they are usually done within each phase.
    """

    code: str
    version: int
    name: str
    is_addon: bool
    segments: SegmentSet
    steps: tuple[Step, ...]

    @property
    def versioned(self) -> str:
        """Code and version as stored with a case, for example ``rh@1``."""
        return f"{self.code}@{self.version}"


def _resection(code: str, name: str, segments: str, *steps: Step) -> Module:
    return Module(code, 1, name, is_addon=False, segments=SegmentSet.parse(segments), steps=steps)


def _addon(code: str, name: str, segments: str, *steps: Step) -> Module:
    return Module(code, 1, name, is_addon=True, segments=SegmentSet.parse(segments), steps=steps)


_ALL: tuple[Module, ...] = (
    _resection(
        "rh",
        "right hepatectomy",
        "S5,S6,S7,S8",
        Step("rh.gallbladder", Phase.MOBILISE, "Cholecystectomy"),
        Step("rh.ivc-ligament", Phase.MOBILISE, "Ligament of the vena cava"),
        Step(
            "rh.short-veins",
            Phase.MOBILISE,
            "Short hepatic veins (or anterior approach: mobilise last)",
            gate="Safe window on the vena cava",
        ),
        Step(
            "rh.right-pedicle",
            Phase.INFLOW,
            "Right pedicle control",
            gate="Left inflow and left bile flow",
        ),
        Step("rh.mhv-plane", Phase.TRANSECT, "Plane of the middle hepatic vein"),
        Step("rh.caudate", Phase.TRANSECT, "Caudate process"),
        Step("rh.rhv", Phase.OUTFLOW, "Right hepatic vein"),
    ),
    _resection(
        "lh",
        "left hepatectomy",
        "S2,S3,S4a,S4b",
        Step(
            "lh.left-pedicle",
            Phase.INFLOW,
            "Hilar or Glissonean control of the left pedicle (landmark: ligamentum venosum)",
            gate="Right pedicle flow after clamping",
        ),
        Step("lh.demarcation", Phase.DEMARCATE, "Demarcation"),
        Step("lh.mhv-plane", Phase.TRANSECT, "Middle hepatic vein exposed along the plane"),
        Step("lh.left-duct", Phase.TRANSECT, "Left duct last", gate="Level of the bile duct"),
        Step("lh.lhv", Phase.OUTFLOW, "Left hepatic vein, with or without the common trunk"),
    ),
    _resection(
        "lls",
        "left lateral sectionectomy",
        "S2,S3",
        Step("lls.falciform", Phase.MOBILISE, "Round and falciform ligaments"),
        Step("lls.left-triangular", Phase.MOBILISE, "Left triangular and coronary ligaments"),
        Step("lls.lesser-omentum", Phase.MOBILISE, "Lesser omentum; look for an aberrant left hepatic artery"),
        Step("lls.parenchyma", Phase.TRANSECT, "Thin parenchyma"),
        Step("lls.pedicles", Phase.TRANSECT, "Pedicles of segments 2 and 3 (stapler, or one by one)"),
        Step(
            "lls.lhv",
            Phase.OUTFLOW,
            "Root of the left hepatic vein",
            gate="Left hepatic vein free of the middle hepatic vein's trunk",
        ),
    ),
    _resection(
        "rps",
        "right posterior sectionectomy",
        "S6,S7",
        Step("rps.position", Phase.POSITION, "Left lateral position, with or without intercostal ports"),
        Step("rps.mobilise", Phase.MOBILISE, "Right lobe mobilisation"),
        Step(
            "rps.pedicle",
            Phase.INFLOW,
            "Right posterior pedicle (Rouvière's sulcus)",
            gate="Anterior pedicle preserved",
        ),
        Step("rps.line", Phase.DEMARCATE, "Ischaemic line or negative stain with indocyanine green"),
        Step("rps.rhv-plane", Phase.TRANSECT, "Trunk of the right hepatic vein as the plane"),
    ),
    _resection(
        "wedge",
        "wedge resection",
        "",
        Step(
            "wedge.ultrasound",
            Phase.EXPLORE,
            "Margins by laparoscopic ultrasound",
            gate="Margin confirmed by ultrasound",
        ),
        Step("wedge.pringle", Phase.INFLOW, "Pringle tape set"),
        Step("wedge.marking", Phase.DEMARCATE, "Marking"),
        Step("wedge.transection", Phase.TRANSECT, "Transection with margin check (no pedicle dissection)"),
    ),
    _addon(
        "pv-thrombectomy",
        "portal vein thrombectomy",
        "",
        Step("pv-thrombectomy.thrombus", Phase.INFLOW, "Portal vein opened and thrombus removed"),
    ),
    _addon(
        "pv-reconstruct",
        "portal vein reconstruction",
        ";PV:reconstructed",
        Step("pv-reconstruct.suture", Phase.INFLOW, "Portal vein sutured or reconstructed"),
    ),
)

MODULES: dict[str, Module] = {module.code: module for module in _ALL}
"""Every module by its code."""


def module(versioned: str) -> Module:
    """Find a module by its code, with or without a version.

    Parameters
    ----------
    versioned
        ``rh`` or ``rh@1``.

    Returns
    -------
    Module

    Raises
    ------
    ValueError
        If the code or the version is not known; the message lists the known codes.
    """
    code, _, version = versioned.partition("@")
    found = MODULES.get(code)
    if found is None or (version and version != str(found.version)):
        raise ValueError(f"{versioned!r} is not a module of an operation; the modules are {', '.join(MODULES)}.")
    return found
