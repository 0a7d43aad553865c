"""Routes of the staff pages, under /desk/."""

from __future__ import annotations

from django.urls import path

from beffroi.web.staff import approve, call, compose, desk, directory, enrol, entrance, follow, incoming, journal, steps

urlpatterns = [
    path("", desk.show, name="desk"),
    path("now/", desk.now, name="desk-now"),
    path("phase/", desk.declare, name="desk-phase"),
    path("log/", journal.show, name="desk-log"),
    path("estimate/", compose.estimate, name="desk-estimate"),
    path("warning/<int:number>/", incoming.show, name="warning"),
    path("warning/<int:number>/settle/", incoming.settle, name="warning-settle"),
    path("call/new/", compose.new, name="call-new"),
    path("call/<str:public_id>/", call.show, name="call"),
    path("call/<str:public_id>/edit/", compose.edit, name="call-edit"),
    path("call/<str:public_id>/closing/", follow.edit, name="call-closing"),
    path("call/<str:public_id>/submit/", steps.submit, name="call-submit"),
    path("call/<str:public_id>/withdraw/", steps.withdraw, name="call-withdraw"),
    path("call/<str:public_id>/reopen/", steps.reopen, name="call-reopen"),
    path("call/<str:public_id>/refuse/", steps.refuse, name="call-refuse"),
    path("call/<str:public_id>/inform/", steps.inform, name="call-inform"),
    path("call/<str:public_id>/approve/", approve.show, name="call-approve"),
    path("call/<str:public_id>/update/", follow.update, name="call-update"),
    path("call/<str:public_id>/close/<str:ending>/", follow.close, name="call-close"),
    path("enrol/<str:token>/", enrol.show, name="enrol"),
    path("directory/", directory.begin, name="directory"),
    path("directory/back/", directory.back, name="directory-back"),
    path("login/", entrance.login, name="account_login"),
    path("logout/", entrance.logout, name="account_logout"),
    path("inactive/", entrance.inactive, name="account_inactive"),
    path("code/", entrance.authenticate, name="mfa_authenticate"),
    path("code/again/", entrance.again, name="mfa_reauthenticate"),
]
