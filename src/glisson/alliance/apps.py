from django.apps import AppConfig


class AllianceConfig(AppConfig):
    name = "glisson.alliance"
    label = "alliance"
