"""Fetching with access: the one line with which every view begins."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404


def get_for(user, queryset, *, to=None, **lookup):
    """404 when the person may not know that the object exists, 403 when they may see it but not do this.

    ``queryset`` has a ``visible_to(user)``; ``to`` is a permission of ``rules`` such as ``alliance.manage_alliance``.
    """
    thing = get_object_or_404(queryset.visible_to(user), **lookup)
    if to and not user.has_perm(to, thing):
        raise PermissionDenied
    return thing
