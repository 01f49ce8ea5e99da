"""Addresses of the public pages: links to rate a call, and one address per language."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from yuqiao.web.citizen import calling, following, front, leaflets, pictures, rating, signing, wanted
from yuqiao.web.citizen.tongues import TongueConverter

register_converter(TongueConverter, "tongue")

urlpatterns: list[URLPattern] = [
    path("", front.root, name="root"),
    path("r/<str:token>/", rating.show, name="rate"),
    path("r/<str:token>/no-more/", rating.no_more, name="rate-no-more"),
    path("<tongue:tongue>/", front.front, name="citizen-front"),
    path("<tongue:tongue>/hours/", front.hours, name="citizen-hours"),
    path("<tongue:tongue>/callback/", wanted.show, name="citizen-callback"),
    path("<tongue:tongue>/call/", calling.show, name="citizen-call"),
    path("<tongue:tongue>/call/ticket/", calling.ticket, name="citizen-ticket"),
    path("<tongue:tongue>/call/state/", calling.state, name="citizen-call-state"),
    path("<tongue:tongue>/call/picture/", pictures.change, name="citizen-picture"),
    path("<tongue:tongue>/sign/", signing.show, name="citizen-sign"),
    path("<tongue:tongue>/sign/call/", signing.call, name="citizen-sign-call"),
    path("<tongue:tongue>/sign/<str:token>/", signing.slot, name="citizen-sign-slot"),
    path("<tongue:tongue>/case/", following.show, name="citizen-case"),
    path("<tongue:tongue>/card/", leaflets.show, name="citizen-card"),
    path("<tongue:tongue>/card/card.pdf", leaflets.card, name="citizen-card-pdf"),
    path("<tongue:tongue>/card/poster-<slug:size>.pdf", leaflets.poster, name="citizen-poster-pdf"),
    path("<tongue:tongue>/<path:rest>", front.missing, name="citizen-missing"),
]
