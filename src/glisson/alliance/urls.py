from django.urls import path

from glisson.alliance.views import alliances, hospitals, people

app_name = "alliance"
urlpatterns = [
    path("alliances/<str:code>/", alliances.alliance, name="alliance"),
    path("hospitals/<str:code>/", hospitals.hospital, name="hospital"),
    path("people/<str:code>/", people.person, name="person"),
]
