"""Choices of a case, and the clinical words as the reader's language has them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from glisson import clinical


class Approach(TextChoices):
    """How the surgeon comes to the liver; the values are those of `glisson.clinical.Approach`."""

    OPEN = clinical.Approach.OPEN.value, _("Open")
    LAPAROSCOPIC = clinical.Approach.LAPAROSCOPIC.value, _("Laparoscopic")
    HAND_ASSISTED = clinical.Approach.HAND_ASSISTED.value, _("Hand-assisted")
    HYBRID = clinical.Approach.HYBRID.value, _("Hybrid")
    ROBOTIC = clinical.Approach.ROBOTIC.value, _("Robotic")


class IcgUse(TextChoices):
    """What indocyanine green was used for."""

    NONE = clinical.IcgUse.NONE.value, _("Not used")
    NEGATIVE_STAIN = clinical.IcgUse.NEGATIVE_STAIN.value, _("Negative stain of the segments removed")
    POSITIVE_STAIN = clinical.IcgUse.POSITIVE_STAIN.value, _("Positive stain of the segments removed")
    TUMOUR = clinical.IcgUse.TUMOUR.value, _("Finding the tumour")
    BILE_DUCTS = clinical.IcgUse.BILE_DUCTS.value, _("Showing the bile ducts")
    PERFUSION = clinical.IcgUse.PERFUSION.value, _("Perfusion")


class Role(TextChoices):
    """What a person does in the theatre."""

    SURGEON = "surgeon", _("Operating surgeon")
    ASSISTANT = "assistant", _("First assistant")
    SECOND_ASSISTANT = "second_assistant", _("Second assistant")
    CAMERA = "camera", _("Camera")
    SCRUB_NURSE = "scrub_nurse", _("Scrub nurse")
    ANAESTHETIST = "anaesthetist", _("Anaesthetist")


class Scope(TextChoices):
    """What a patient's consent covers."""

    LIVE = "live", _("Live transmission")
    RECORD = "record", _("Recording and replay")
    TEACH = "teach", _("Teaching and download")
    RESEARCH = "research", _("Research")


STRUCTURES = {
    clinical.Structure.BILE_DUCT: _("Extrahepatic bile duct"),
    clinical.Structure.PORTAL_VEIN: _("Portal vein"),
    clinical.Structure.HEPATIC_ARTERY: _("Hepatic artery"),
    clinical.Structure.MIDDLE_HEPATIC_VEIN: _("Middle hepatic vein"),
    clinical.Structure.RIGHT_HEPATIC_VEIN: _("Right hepatic vein"),
    clinical.Structure.LEFT_HEPATIC_VEIN: _("Left hepatic vein"),
    clinical.Structure.VENA_CAVA: _("Vena cava"),
}

TREATMENTS = {
    clinical.Treatment.RESECTED: _("Resected"),
    clinical.Treatment.RECONSTRUCTED: _("Reconstructed"),
}

MODULES = {
    "rh": _("right hepatectomy"),
    "lh": _("left hepatectomy"),
    "lls": _("left lateral sectionectomy"),
    "rps": _("right posterior sectionectomy"),
    "wedge": _("wedge resection"),
    "pv-thrombectomy": _("portal vein thrombectomy"),
    "pv-reconstruct": _("portal vein reconstruction"),
}

ADDON_PAIRS = {
    frozenset({"pv-thrombectomy", "pv-reconstruct"}): _("portal vein thrombectomy and reconstruction"),
}
"""Add-ons that surgeons say in one breath."""

RESECTIONS = {
    "left lateral sectionectomy": _("left lateral sectionectomy"),
    "left medial sectionectomy": _("left medial sectionectomy"),
    "segment 4 resection": _("segment 4 resection"),
    "left hemihepatectomy": _("left hemihepatectomy"),
    "left hepatectomy": _("left hepatectomy"),
    "right hemihepatectomy": _("right hemihepatectomy"),
    "right hepatectomy": _("right hepatectomy"),
    "right posterior sectionectomy": _("right posterior sectionectomy"),
    "right anterior sectionectomy": _("right anterior sectionectomy"),
    "central hepatectomy": _("central hepatectomy"),
    "right trisectionectomy": _("right trisectionectomy"),
    "extended right hepatectomy": _("extended right hepatectomy"),
    "left trisectionectomy": _("left trisectionectomy"),
    "extended left hepatectomy": _("extended left hepatectomy"),
}
"""Brisbane 2000 and everyday names, by their English form."""

SIZES = {
    clinical.SizeClass.MAJOR: _("Major"),
    clinical.SizeClass.MINOR: _("Minor"),
    clinical.SizeClass.INDETERMINATE: _("Indeterminate"),
}

PHASES = {
    clinical.Phase.PLAN: _("Plan"),
    clinical.Phase.POSITION: _("Position and ports"),
    clinical.Phase.EXPLORE: _("Explore and ultrasound"),
    clinical.Phase.MOBILISE: _("Mobilise"),
    clinical.Phase.INFLOW: _("Inflow control"),
    clinical.Phase.DEMARCATE: _("Demarcate"),
    clinical.Phase.TRANSECT: _("Transect"),
    clinical.Phase.OUTFLOW: _("Outflow"),
    clinical.Phase.HAEMOSTASIS: _("Haemostasis and leak test"),
    clinical.Phase.EXTRACT: _("Extract and close"),
}

STEPS = {
    "rh.gallbladder": _("Cholecystectomy"),
    "rh.ivc-ligament": _("Ligament of the vena cava"),
    "rh.short-veins": _("Short hepatic veins (or anterior approach: mobilise last)"),
    "rh.right-pedicle": _("Right pedicle control"),
    "rh.mhv-plane": _("Plane of the middle hepatic vein"),
    "rh.caudate": _("Caudate process"),
    "rh.rhv": _("Right hepatic vein"),
    "lh.left-pedicle": _("Hilar or Glissonean control of the left pedicle (landmark: ligamentum venosum)"),
    "lh.demarcation": _("Demarcation"),
    "lh.mhv-plane": _("Middle hepatic vein exposed along the plane"),
    "lh.left-duct": _("Left duct last"),
    "lh.lhv": _("Left hepatic vein, with or without the common trunk"),
    "lls.falciform": _("Round and falciform ligaments"),
    "lls.left-triangular": _("Left triangular and coronary ligaments"),
    "lls.lesser-omentum": _("Lesser omentum; look for an aberrant left hepatic artery"),
    "lls.parenchyma": _("Thin parenchyma"),
    "lls.pedicles": _("Pedicles of segments 2 and 3 (stapler, or one by one)"),
    "lls.lhv": _("Root of the left hepatic vein"),
    "rps.position": _("Left lateral position, with or without intercostal ports"),
    "rps.mobilise": _("Right lobe mobilisation"),
    "rps.pedicle": _("Right posterior pedicle (Rouvière's sulcus)"),
    "rps.line": _("Ischaemic line or negative stain with indocyanine green"),
    "rps.rhv-plane": _("Trunk of the right hepatic vein as the plane"),
    "wedge.ultrasound": _("Margins by laparoscopic ultrasound"),
    "wedge.pringle": _("Pringle tape set"),
    "wedge.marking": _("Marking"),
    "wedge.transection": _("Transection with margin check (no pedicle dissection)"),
    "pv-thrombectomy.thrombus": _("Portal vein opened and thrombus removed"),
    "pv-reconstruct.suture": _("Portal vein sutured or reconstructed"),
}

GATES = {
    "rh.short-veins": _("Safe window on the vena cava"),
    "rh.right-pedicle": _("Left inflow and left bile flow"),
    "lh.left-pedicle": _("Right pedicle flow after clamping"),
    "lh.left-duct": _("Level of the bile duct"),
    "lls.lhv": _("Left hepatic vein free of the middle hepatic vein's trunk"),
    "rps.pedicle": _("Anterior pedicle preserved"),
    "wedge.ultrasound": _("Margin confirmed by ultrasound"),
}
"""What must be shown before the step is left, by the step's code."""
