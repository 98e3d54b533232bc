from glisson.meetings.models.meeting import Meeting
from glisson.meetings.models.room import Room
from glisson.meetings.models.session import Session

__all__ = ["Meeting", "Room", "Session"]
