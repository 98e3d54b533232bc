from __future__ import annotations

from typing import Any

from glisson.core.models import Job


def may_follow_job(user: Any, code: str) -> bool:
    """Whoever asked for the work sees how far it is."""
    return bool(user.is_authenticated and Job.objects.filter(code=code, asked_by_id=user.pk).exists())
