from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from glisson.core.config import config


def invitation_link(token):
    return config().web_url + reverse("alliance:invitation", args=[token])


def send_invitation(invitation, token):
    """The letter, in the language chosen for it. Raises OSError when the mail server does not take it."""
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        ctx = {"invitation": invitation, "link": invitation_link(token)}
        subject = render_to_string("alliance/letters/invitation_subject.txt", ctx).strip()
        send_mail(subject, render_to_string("alliance/letters/invitation.txt", ctx), None, [invitation.email])
