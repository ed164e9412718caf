"""What the site and its tracks tell machines about AI: files in the forms of other standards."""

from email.utils import parseaddr
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.exports.rights_registry import export_registry
from apps.exports.scope import labels_of, sees_all, visible_tracks
from apps.portal.signal_headers import policy_url, signals_now, tell
from apps.portal.views_label import for_exports


@login_required
@never_cache
@require_safe
def training_mining(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """The CAWG training and data mining assertion of one track, as it is now."""
    found = visible_tracks(cast(User, request.user)).select_related("release", "declaration")
    track = get_object_or_404(found, pk=track_id)
    told = signals_now(track).cawg(policy_url())
    return tell(JsonResponse(told, json_dumps_params={"indent": 2}), track)


@require_safe
def tdmrep(request: HttpRequest) -> HttpResponse:
    """The reservation for the whole site (W3C TDMRep). Each asset says the same in its headers."""
    return JsonResponse([{"location": "/", "tdm-reservation": 1}], safe=False)


@require_safe
def tdm_policy(request: HttpRequest) -> HttpResponse:
    """How to ask for a deal, in the ODRL profile of TDMRep: consent first, always."""
    told = {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", {"tdm": "http://www.w3.org/ns/tdmrep#"}],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": policy_url(),
        "assigner": {
            "uid": settings.SITE_URL,
            "vcard:fn": settings.OPERATOR_NAME,
            "vcard:hasEmail": f"mailto:{parseaddr(settings.OPERATOR_CONTACT)[1]}",
            "vcard:hasURL": settings.SITE_URL + reverse("terms"),
        },
        "permission": [
            {
                "target": settings.SITE_URL + "/",
                "action": "tdm:mine",
                "duty": [{"action": "obtainConsent"}],
            }
        ],
    }
    return JsonResponse(told, content_type="application/ld+json")


@for_exports
@never_cache
@require_safe
def rights_registry(request: HttpRequest) -> HttpResponseBase:
    """The recordings that this person exports, keyed by ISRC, with what each one says, as CSV."""
    user = cast(User, request.user)
    tracks = Track.objects.all()
    if not sees_all(user):
        tracks = tracks.filter(release__label__in=labels_of(user))
    response = StreamingHttpResponse(
        export_registry(by=user, tracks=tracks), content_type="text/csv; charset=utf-8"
    )
    name = f"soundcheck-rights-registry-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
