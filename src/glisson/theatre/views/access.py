from glisson.core.access import get_for
from glisson.theatre.domain.queries.live_case import with_all
from glisson.theatre.models import Feed, LiveCase


def live_case_for(user, code, *, to=None):
    """A live case with everything a page shows of it; 404 where the user may not know of it, 403 where not act."""
    return get_for(user, with_all(LiveCase.objects), to=to, code=code)


def feed_for(user, code, *, to="theatre.run_feed"):
    """A feed and its live case, for those who run the theatre."""
    return get_for(
        user, Feed.objects.select_related("live_case__case", "live_case__session__meeting"), to=to, code=code
    )
