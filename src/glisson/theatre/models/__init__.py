from glisson.theatre.models.feed import Feed
from glisson.theatre.models.feed_recording import FeedRecording
from glisson.theatre.models.live_case import LiveCase
from glisson.theatre.models.roster_state import RosterState
from glisson.theatre.models.viewing_revocation import ViewingRevocation

__all__ = ["Feed", "FeedRecording", "LiveCase", "RosterState", "ViewingRevocation"]
