import importlib.util

from django.urls import include, path

from glisson.core.views.events import events
from glisson.web.views import demo, errors, health, switches, today

urlpatterns = [
    path("", today.today, name="today"),
    path("healthz", health.healthz, name="healthz"),
    path("theme/", switches.switch_theme, name="switch_theme"),
    path("language/", switches.switch_language, name="switch_language"),
    path("events/<path:channel>/", events, name="events"),
    path("demo/sign-in/", demo.sign_in, name="demo_sign_in"),
    path("accounts/", include("allauth.urls")),
    path("", include("glisson.alliance.urls")),
    *(
        path("", include(f"{app}.urls"))
        for app in ("glisson.surgery", "glisson.meetings", "glisson.media", "glisson.theatre")
        if importlib.util.find_spec(app) and importlib.util.find_spec(f"{app}.urls")
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
