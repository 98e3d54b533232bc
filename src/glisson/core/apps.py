from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "glisson.core"
    label = "core"
