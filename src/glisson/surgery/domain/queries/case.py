"""Reads of cases worth a name."""

from django.db.models import QuerySet

from glisson.surgery.models import Case


def with_all(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With everything a page shows of them, in a number of queries that does not grow."""
    return cases.select_related("hospital").prefetch_related("team__person", "consents__recorded_by")
