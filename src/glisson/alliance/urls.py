from django.urls import path

from glisson.alliance.views import alliances, appointments, hospitals, invitations, memberships, people

app_name = "alliance"
urlpatterns = [
    path("alliances/", alliances.alliances, name="alliances"),
    path("alliances/<str:code>/", alliances.alliance, name="alliance"),
    path("alliances/<str:code>/edit/", alliances.edit_alliance, name="edit_alliance"),
    path("alliances/<str:code>/hospitals/add/", hospitals.add_hospital, name="add_hospital"),
    path("alliances/<str:code>/appoint/", appointments.appoint_in_alliance, name="appoint_in_alliance"),
    path("alliances/<str:code>/invite/", invitations.invite_to_alliance, name="invite_to_alliance"),
    path("memberships/<str:code>/tier/", memberships.change_tier, name="change_tier"),
    path("memberships/<str:code>/end/", memberships.end_membership, name="end_membership"),
    path("appointments/<str:code>/end/", appointments.end_appointment, name="end_appointment"),
    path("hospitals/<str:code>/", hospitals.hospital, name="hospital"),
    path("hospitals/<str:code>/edit/", hospitals.edit_hospital, name="edit_hospital"),
    path("hospitals/<str:code>/appoint/", appointments.appoint_in_hospital, name="appoint_in_hospital"),
    path("hospitals/<str:code>/invite/", invitations.invite_to_hospital, name="invite_to_hospital"),
    path("people/<str:code>/", people.person, name="person"),
    path("people/<str:code>/edit/", people.edit_person, name="edit_person"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:code>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
]
