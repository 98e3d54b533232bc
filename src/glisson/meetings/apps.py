from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "glisson.meetings"
    label = "meetings"
