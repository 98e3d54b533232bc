from django.urls import path, re_path

from glisson.theatre.views import acts, technician, watching

app_name = "theatre"
urlpatterns = [
    path("theatre/", watching.live_cases, name="live_cases"),
    path("theatre/sessions/<str:code>/propose/", acts.propose, name="propose"),
    path("theatre/consents/<str:code>/withdraw/", acts.withdraw, name="withdraw"),
    path("theatre/feeds/<str:code>/edit/", technician.edit_feed, name="edit_feed"),
    path("theatre/feeds/<str:code>/publish/", technician.publish, name="publish"),
    re_path(r"^theatre/feeds/(?P<code>[a-z0-9]+)/(?P<act>arm|air|close|rotate)/$", acts.switch, name="switch"),
    path("theatre/<str:code>/", watching.live, name="live"),
    path("theatre/<str:code>/replay/", watching.replay, name="replay"),
    path("theatre/<str:code>/pass/", watching.renew_pass, name="pass"),
    path("theatre/<str:code>/technician/", technician.technician, name="technician"),
    path("theatre/<str:code>/feeds/new/", technician.new_feed, name="new_feed"),
    path("theatre/<str:code>/viewers/", technician.revoke, name="revoke"),
    re_path(r"^theatre/(?P<code>[A-Z0-9]+)/(?P<act>consent|clear|open|close)/$", acts.walk, name="walk"),
]
