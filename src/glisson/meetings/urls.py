from django.urls import path

from glisson.meetings.views import meetings, programme

app_name = "meetings"
urlpatterns = [
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.new_meeting, name="new_meeting"),
    path("meetings/sessions/<str:code>/edit/", programme.edit_session, name="edit_session"),
    path("meetings/<str:code>/", meetings.meeting, name="meeting"),
    path("meetings/<str:code>/edit/", meetings.edit_meeting, name="edit_meeting"),
    path("meetings/<str:code>/publish/", meetings.publish, name="publish"),
    path("meetings/<str:code>/rooms/new/", programme.new_room, name="new_room"),
    path("meetings/<str:code>/sessions/new/", programme.new_session, name="new_session"),
]
