from django.urls import path

from glisson.surgery.views import cases, consents

app_name = "surgery"
urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/new/", cases.new_case, name="new_case"),
    path("cases/name/", cases.derived_name, name="derived_name"),
    path("cases/<str:code>/", cases.case, name="case"),
    path("cases/<str:code>/edit/", cases.edit_case, name="edit_case"),
    path("cases/<str:code>/consents/new/", consents.new_consent, name="new_consent"),
]
