from glisson.core.domain.events import forget_old_events
from glisson.core.jobs import every

every(minute="*/5")(forget_old_events)
