from django.apps import AppConfig


class TheatreConfig(AppConfig):
    name = "glisson.theatre"
    label = "theatre"

    def ready(self):
        from glisson.core.channels import register  # noqa: PLC0415 - apps are loaded before their modules
        from glisson.meetings import shows  # noqa: PLC0415 - as above
        from glisson.surgery import lives  # noqa: PLC0415 - as above
        from glisson.theatre import rules  # noqa: F401, PLC0415 - permissions are known as soon as the app is
        from glisson.theatre.contributions import shows_in, theatre_life  # noqa: PLC0415 - needs the models
        from glisson.theatre.domain.queries.live_case import may_follow  # noqa: PLC0415 - needs the models

        register("theatre", may_follow)
        shows.register(shows_in)
        lives.register("theatre", theatre_life)
