from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "glisson.media"
    label = "media"
