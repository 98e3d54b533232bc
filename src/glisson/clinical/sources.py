"""Where a rule comes from, and whether it has been checked against that source."""

from dataclasses import dataclass
from enum import StrEnum


class SourceStatus(StrEnum):
    """How far a rule has been checked against the paper it is ascribed to."""

    VERIFIED = "verified"
    CORROBORATED = "corroborated"
    """Not read in the source itself; independent secondary material agrees. Shown as unverified."""
    UNVERIFIED = "unverified"
    PROJECT = "project"
    """Written by this project and waiting for review by two liver surgeons. Shown as such."""

    @property
    def is_checked(self) -> bool:
        """Whether the rule may be shown without a mark."""
        return self is SourceStatus.VERIFIED


@dataclass(frozen=True, slots=True)
class Source:
    """A citation as a reader needs it to find the text.

    Parameters
    ----------
    citation
        Authors, title, place of publication.
    doi
        Digital object identifier without the resolver's address; empty when there is none.
    """

    citation: str
    doi: str = ""


BRISBANE_2000 = Source(
    "Terminology Committee of the IHPBA. The Brisbane 2000 terminology of liver anatomy and resections. "
    "HPB 2000;2:333-339",
)
NEW_WORLD = Source(
    "Nagino M et al. Proposal of a new comprehensive notation for hepatectomy: the 'New World' terminology. "
    "Ann Surg 2021;274:1-3",
    "10.1097/SLA.0000000000004808",
)
MAJOR_RESECTION = Source(
    "Sawa 2024, Mini-invasive Surgery 8:30; College of American Pathologists protocol: major means three "
    "segments or more",
    "10.20517/2574-1225.2024.43",
)
STEPS = Source("Glisson's own breakdown of operations, for review by two liver surgeons before teaching use")
