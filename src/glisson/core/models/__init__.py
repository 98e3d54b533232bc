from glisson.core.models.event import LiveEvent
from glisson.core.models.job import Job
from glisson.core.models.ledger import Ledger
from glisson.core.models.log import LogEntry
from glisson.core.models.named import Named

__all__ = ["Job", "Ledger", "LiveEvent", "LogEntry", "Named"]
