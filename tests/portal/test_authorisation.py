"""Every address of the site as every kind of person: who gets in, who is sent away, and how.

The addresses come from the URL conf. One without a line in this file fails the first test, so that
nobody adds a page without saying who may open it. What somebody may not know of is 404, what their
role may not do is 403, visitors are sent to log in (302) or told so (401).
"""

import re

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.portal.everybody import PEOPLE, Everybody, all_routes, make_everybody

STAFF = ("reviewer", "senior", "compliance", "admin")
READERS = STAFF
KEEPERS = ("compliance", "admin")  # of the register of protected names
LISTENERS = ("reviewer", "senior")
TRAINERS = ("compliance", "engineer", "admin")  # who sees datasets and models
EXPORTERS = ("label", "other_label", "compliance", "admin")
Expected = dict[str, int]


def each(visitor: int, others: int, **special: int) -> Expected:
    """One status for visitors, one for everybody else, and exceptions by name."""
    return {**dict.fromkeys(PEOPLE, others), "visitor": visitor, **special}


def everybody(status: int) -> Expected:
    return each(status, status)


def own(status: int) -> Expected:
    """The artist's own; another artist's does not exist, other roles have no business there."""
    return each(302, 403, owner=status, artist=404)


def artists(status: int) -> Expected:
    return each(302, 403, owner=status, artist=status)


def speakers(status: int, **special: int) -> Expected:
    """Who may speak about uploads; nobody else has any business there."""
    them = dict.fromkeys(("owner", "artist", "label", "other_label"), status)
    return each(302, 403, **{**them, **special})


def heard(status: int) -> Expected:
    """What its artist and reviewers may hear or read; for others it does not exist."""
    return each(302, 404, owner=status, **dict.fromkeys(LISTENERS, status))


def exporters(status: int) -> Expected:
    return each(302, 403, **dict.fromkeys(EXPORTERS, status))


def desk(status: int, **special: int) -> Expected:
    """The admin: people without a seat at the desk are sent to its door."""
    them = {**dict.fromkeys(STAFF, status), "engineer": 403}
    return each(302, 302, **{**them, **special})


def registry(status: int) -> Expected:
    """The desk's pages about datasets and models."""
    return desk(403, **dict.fromkeys(TRAINERS, status))


def pipelines(status: int, refused: int = 404, by: tuple[str, ...] = TRAINERS) -> Expected:
    """The API for training pipelines: nothing is there for anybody else."""
    return each(401, refused, **dict.fromkeys(by, status))


def seated(status: int) -> Expected:
    """The desk's own pages: whoever has a seat there, also who has no business with uploads."""
    return desk(status, engineer=status)


def signed_in(status: int, visitor: int = 302) -> Expected:
    return each(visitor, status)


MODEL = "admin/training/models/<slug:name>/<str:version>/"
TUS = {"owner": 412, "artist": 412}  # let in, and asked for the headers of the protocol
PAGES: dict[tuple[str, str], Expected] = {
    # Artists
    ("GET", ""): each(200, 302),
    ("GET", "releases/"): artists(200),
    ("POST", "releases/new/"): artists(302),
    ("GET", "releases/<uuid:release_id>/"): own(200),
    ("POST", "releases/<uuid:release_id>/"): own(302),
    ("POST", "releases/<uuid:release_id>/remove/"): own(302),
    ("GET", "releases/<uuid:release_id>/submit/"): own(200),
    ("POST", "releases/<uuid:release_id>/submit/"): own(200),
    ("GET", "releases/<uuid:release_id>/result/"): own(200),
    ("GET", "tracks/<uuid:track_id>/"): own(200),
    ("POST", "tracks/<uuid:track_id>/"): own(302),
    ("GET", "tracks/<uuid:track_id>/result/"): own(200),
    ("GET", "tracks/<uuid:track_id>/explain/"): own(200),
    ("POST", "tracks/<uuid:track_id>/explain/"): own(200),
    ("GET", "tracks/<uuid:track_id>/withdraw/"): own(200),
    ("POST", "tracks/<uuid:track_id>/withdraw/"): own(302),
    ("POST", "tracks/<uuid:track_id>/move/"): own(302),
    ("POST", "tracks/<uuid:track_id>/remove/"): own(302),
    ("GET", "tracks/<uuid:track_id>/questions/"): own(200),
    ("POST", "tracks/<uuid:track_id>/questions/"): own(302),
    ("POST", "tracks/<uuid:track_id>/entries/"): own(302),
    ("GET", "names/"): artists(200),
    ("POST", "names/key/"): artists(302),
    ("POST", "names/claim/"): artists(422),
    # Permissions: artists about their own, label staff about releases of their labels
    ("GET", "permissions/"): speakers(200),
    ("POST", "permissions/"): speakers(200, owner=422, artist=422),  # no button was pressed
    ("GET", "permissions/agreed/"): speakers(200),
    ("GET", "permissions/agreed/<uuid:event_uid>/receipt/"): speakers(404, owner=200),
    ("GET", "permissions/agreed/<uuid:event_uid>/proof/"): speakers(404, owner=200),
    ("GET", "permissions/used/"): speakers(200),
    ("GET", "permissions/cases/<uuid:case_id>/receipt/"): speakers(404, owner=200, label=200),
    ("GET", "tracks/<uuid:track_id>/models/<slug:name>/<str:version>/proof/"): speakers(404),
    ("GET", "releases/<uuid:release_id>/permissions/"): speakers(404, owner=200, label=200),
    ("POST", "releases/<uuid:release_id>/permissions/"): speakers(404, owner=422, label=422),
    ("GET", "tracks/<uuid:track_id>/permissions/"): speakers(404, owner=200, label=200),
    ("POST", "tracks/<uuid:track_id>/permissions/"): speakers(404, owner=422, label=422),
    ("GET", "terms/"): everybody(200),
    # Recipients without an account, by the link in their mail
    ("GET", "told/<uuid:notice>/"): everybody(200),
    ("GET", "told/<uuid:notice>/list.txt"): everybody(200),
    ("POST", "told/<uuid:notice>/"): everybody(302),
    ("GET", "tracks/<uuid:track_id>/training-mining.json"): each(
        302, 404, owner=200, label=200, **dict.fromkeys(READERS, 200)
    ),
    ("GET", ".well-known/tdmrep.json"): everybody(200),
    ("GET", "tdm-policy.json"): everybody(200),
    ("GET", "label/rights-registry.csv"): exporters(200),
    # Files
    ("POST", "releases/<uuid:release_id>/uploads/"): each(401, 403, **TUS),
    ("HEAD", "uploads/<uuid:upload_id>/"): each(401, 403, **TUS),
    ("PATCH", "uploads/<uuid:upload_id>/"): each(401, 403, **TUS),
    ("DELETE", "uploads/<uuid:upload_id>/"): each(401, 403, **TUS),
    ("POST", "releases/<uuid:release_id>/uploads/plain/"): own(302),
    ("GET", "uploads/<uuid:upload_id>/status/"): own(200),
    ("POST", "tracks/<uuid:track_id>/proofs/"): own(302),
    ("GET", "proofs/<uuid:proof_id>/"): heard(200),
    ("POST", "proofs/<uuid:proof_id>/remove/"): own(302),
    ("GET", "media/<str:token>/"): heard(200),
    ("GET", "media/reference/<str:sound>/"): each(302, 404, **dict.fromkeys(LISTENERS, 200)),
    # Health
    ("GET", "healthz"): everybody(200),
    ("GET", "readyz"): everybody(200),
    ("GET", "ledger/checkpoint"): everybody(200),
    ("GET", "ledger/key"): everybody(200),
    # Labels
    ("GET", "label/decisions/"): exporters(200),
    ("GET", "label/decisions/export/"): exporters(302),  # back to the page: no format was chosen
    ("GET", "label/tokens/"): {**exporters(200), "engineer": 200},
    ("POST", "label/tokens/"): {**exporters(200), "engineer": 200},
    ("POST", "label/tokens/<uuid:token_id>/revoke/"): each(
        302, 403, **{**dict.fromkeys((*EXPORTERS, "engineer"), 404), "label": 302}
    ),
    # API
    ("GET", "api/openapi.json"): everybody(200),
    ("GET", "api/tracks/<uuidstr:track_id>"): each(
        401, 404, owner=200, label=200, **dict.fromkeys(READERS, 200)
    ),
    ("GET", "api/tracks/<uuidstr:track_id>/gate"): each(
        401, 404, owner=200, label=200, **dict.fromkeys(READERS, 200)
    ),
    ("GET", "api/decisions"): each(401, 404, **dict.fromkeys(EXPORTERS, 200)),
    ("GET", "api/"): everybody(404),
    # Accounts: everybody has one, and reaches only their own
    ("GET", "account/login/"): signed_in(302, visitor=200),
    ("GET", "account/logout/"): signed_in(200),
    ("GET", "account/inactive/"): everybody(200),
    ("GET", "account/signup/"): signed_in(302, visitor=200),
    ("GET", "account/reauthenticate/"): signed_in(200),
    ("GET", "account/reauthenticate/code/"): signed_in(302),
    ("GET", "account/reauthenticate/code/confirm/"): signed_in(302),
    ("GET", "account/email/"): signed_in(200),
    ("GET", "account/confirm-email/"): everybody(200),
    ("GET", r"account/^confirm-email/(?P<key>[-:\w]+)/$"): everybody(200),
    ("GET", "account/password/change/"): signed_in(200),
    ("GET", "account/password/set/"): signed_in(302),
    ("GET", "account/password/reset/"): everybody(200),
    ("GET", "account/password/reset/done/"): everybody(200),
    ("GET", "account/password/reset/key/done/"): everybody(200),
    (
        "GET",
        "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    ): everybody(200),
    ("GET", "account/login/code/confirm/"): everybody(302),
    ("GET", "account/2fa/"): signed_in(200),
    ("GET", "account/2fa/authenticate/"): everybody(302),
    ("GET", "account/2fa/reauthenticate/"): everybody(302),
    ("GET", "account/2fa/totp/activate/"): everybody(302),  # asks for the password once more
    ("GET", "account/2fa/totp/deactivate/"): signed_in(404),
    ("GET", "account/2fa/recovery-codes/"): signed_in(404),
    ("GET", "account/2fa/recovery-codes/generate/"): everybody(302),
    ("GET", "account/2fa/recovery-codes/download/"): signed_in(404),
    # The desk
    ("GET", "admin/"): seated(200),
    ("GET", "admin/login/"): each(302, 403, **dict.fromkeys((*STAFF, "engineer"), 302)),
    ("POST", "admin/logout/"): seated(200),
    ("GET", "admin/password_change/"): seated(200),
    ("GET", "admin/password_change/done/"): seated(200),
    ("GET", "admin/autocomplete/"): desk(403),
    ("GET", "admin/jsi18n/"): seated(200),
    ("GET", "admin/consent/dashboard/"): desk(403, compliance=200, admin=200),
    ("GET", "admin/r/<path:rest>"): everybody(404),
    ("GET", "admin/r/<path:content_type_id>/<path:object_id>/"): everybody(404),
    ("GET", "admin/(?P<url>.*)$"): seated(404),
    ("GET", "admin/audit/event/<uuid:uid>/proof/"): desk(403, compliance=200, admin=200),
    ("GET", "admin/registry/person/import/"): desk(403, compliance=200, admin=200),
    ("GET", "admin/review/case/"): desk(200),
    ("GET", "admin/review/case/<uuid:pk>/change/"): desk(200),
    ("POST", "admin/review/case/<uuid:pk>/claim/"): desk(302),
    ("POST", "admin/review/case/<uuid:pk>/take/"): desk(302),
    ("POST", "admin/review/case/<uuid:pk>/release/"): desk(302),
    ("POST", "admin/review/case/<uuid:pk>/decide/"): desk(400),
    ("POST", "admin/review/case/<uuid:pk>/second-look/"): desk(400),
    ("POST", "admin/review/case/<uuid:pk>/renew/"): desk(409),
    ("GET", "admin/review/case/<uuid:pk>/sound/"): desk(200),
    ("POST", "admin/review/case/<uuid:pk>/check-again/"): desk(302),
    ("POST", "admin/review/case/<uuid:pk>/compare-voice/"): desk(302),
    ("POST", "admin/review/case/<uuid:pk>/licence/"): desk(302, admin=403),
    ("GET", "admin/review/case/<uuid:pk>/proofs/<uuid:proof>/"): desk(200),
    # Datasets and models
    ("GET", f"{MODEL}"): registry(200),
    ("GET", f"{MODEL}manifest/"): registry(200),
    ("GET", f"{MODEL}texts/<slug:what>/"): registry(404),  # no such text
    ("GET", f"{MODEL}bundle/"): registry(302),  # back to the page: it is not signed
    ("POST", f"{MODEL}approve/"): desk(403, compliance=302, admin=302),
    ("POST", f"{MODEL}release/"): desk(403, compliance=302, admin=302),
    ("GET", f"{MODEL}datasets/<uuid:snapshot_uid>/"): registry(200),
    ("GET", f"{MODEL}datasets/<uuid:snapshot_uid>/<slug:what>/"): registry(404),  # no such file
    ("GET", "admin/training/models/"): registry(200),
    ("POST", "api/allowlists"): pipelines(400, 400),  # what is wrong is said before who may ask
    ("GET", "api/allowlists/<uuidstr:uid>"): pipelines(404),
    ("GET", "api/snapshots/<uuidstr:uid>"): pipelines(404),  # the id is an event's
    ("GET", "api/snapshots/<uuidstr:uid>/members"): pipelines(404),
    ("GET", "api/snapshots/<uuidstr:uid>/descriptor"): pipelines(404),
    ("GET", "api/models/<slug:name>/<version>"): pipelines(200),
    ("GET", "api/models/<slug:name>/<version>/manifest"): pipelines(200),
    ("POST", "api/purpose-tokens"): pipelines(400, 400),
    ("GET", "api/references"): each(401, 404, **dict.fromkeys(READERS, 200)),
    ("GET", "api/references/deliveries/<uuidstr:uid>"): pipelines(404, by=()),  # an event's id
    ("GET", "api/references/<int:reference_id>"): each(401, 404, **dict.fromkeys(READERS, 200)),
    ("GET", "admin/fingerprints/reference/deliver/"): desk(403, compliance=200, admin=200),
    ("GET", "api/features/<uuidstr:feature_id>"): pipelines(403, by=("engineer",)),  # no purpose
    # Enrolled voices: the compliance officer manages, the administrator looks, reviewers hear
    ("GET", "voices/retention/"): everybody(200),
    ("GET", "admin/registry/voiceclip/<uuid:pk>/sound/"): desk(404, admin=403),
    ("GET", "admin/registry/voiceregister/"): desk(403, compliance=200, admin=200),
    ("POST", "admin/registry/voiceregister/switch/"): desk(403, compliance=302),
    ("GET", "admin/registry/voiceenrolment/"): desk(403, compliance=200, admin=200),
    ("POST", "admin/registry/voiceenrolment/start/"): desk(403, compliance=302),
    ("GET", "admin/registry/voiceenrolment/<uuid:pk>/change/"): desk(
        403, compliance=404, admin=404
    ),
    **{
        ("POST", f"admin/registry/voiceenrolment/<uuid:pk>/{name}/"): desk(403, compliance=404)
        for name in (
            *("identity", "rights", "release", "phrase", "challenge", "stem", "finish"),
            *("suspend", "resume", "renew", "withdraw"),
        )
    },
}
# Rows of the admin: who sees, adds and deletes them. Unseen ones belong to libraries.
ROWS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "accounts/user": (("admin",), ("admin",), ()),
    "accounts/label": (("admin",), ("admin",), ()),
    "accounts/membership": (("admin",), ("admin",), ("admin",)),
    "audit/event": (("compliance", "admin"), (), ()),
    "audit/checkpoint": (("compliance", "admin"), (), ()),
    "consent/consentevent": (("compliance", "admin"), ("compliance",), ()),
    "consent/consentrecord": (("compliance", "admin"), (), ()),
    "catalogue/release": (READERS, (), ()),
    "catalogue/track": (READERS, (), ()),
    "registry/person": (READERS, KEEPERS, ()),
    "registry/standing": (READERS, READERS, ()),
    "registry/claim": (READERS, (), ()),
    "registry/artistkey": (KEEPERS, KEEPERS, ()),
    "fingerprints/reference": (READERS, (), KEEPERS),
    "fingerprints/materiallicence": (READERS, ("reviewer", "senior", "compliance"), ()),
    "policy/ruleset": (READERS, (), ()),
    "policy/decision": (READERS, (), ()),
    "screening/screeningrun": (READERS, (), ()),
    "review/cannedreply": (("reviewer", "senior", "compliance"), ("senior", "compliance"), ()),
    "training/revocationcase": (KEEPERS, (), ()),
    "training/obligation": (KEEPERS, (), ()),
    "training/recipient": (KEEPERS, ("compliance",), ()),
    "training/disclosure": (KEEPERS, ("compliance",), ()),
    "training/notification": (KEEPERS, (), ()),
    "auth/group": ((), (), ()),
    "account/emailaddress": ((), (), ()),
    "mfa/authenticator": ((), (), ()),
}
_ROW = re.compile(r"admin/(?P<model>\w+/\w+)/(?:<path:object_id>/)?(?P<page>\w*)/?")
_APP_LIST = re.compile(r"admin/\^\(\?P<app_label>[\w|]+\)/\$")


def expected_of(route: str) -> list[tuple[str, Expected]]:
    """Methods and statuses of an address; empty when this file says nothing of it."""
    told = [(method, found) for (method, page), found in PAGES.items() if page == route]
    if told:
        return told
    if _APP_LIST.fullmatch(route):  # of accounts, whose rows only the administrator sees
        return [("GET", desk(404, engineer=404, admin=200))]
    row = _ROW.fullmatch(route)
    return [("GET", _of_row(route, row["page"], ROWS[row["model"]]))] if _known(row) else []


def _known(row: re.Match[str] | None) -> bool:
    return row is not None and row["model"] in ROWS


def _of_row(route: str, page: str, who: tuple[tuple[str, ...], ...]) -> Expected:
    seen, added, deleted = who
    if route.endswith("<path:object_id>/"):
        return seated(302)  # on to the row's page, which asks for itself
    if page == "history" and not seen:
        return seated(302)  # there is no such row: back to the list
    let_in = {"add": added, "delete": deleted}.get(page, seen)
    return desk(403, **dict.fromkeys(let_in, 200))


def address(route: str, everything: Everybody, who: str) -> str:
    """The route with a real id in every place."""
    row = _ROW.match(route)
    values = {
        **everything.values(who),
        "object_id": everything.models.get(row["model"], "1") if row else "1",
        "rest": "1/1/",
        "content_type_id": "0",
    }
    named = re.sub(r"\(\?P<app_label>[^)]*\)", "accounts", route)
    named = re.sub(r"\(\?P<\w+>[^)]*\)", "nowhere", named)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values[part.group(1)], named)
    return "/" + re.sub(r"[\^$]", "", path)


def test_every_address_has_a_line_here():
    assert [route for route in all_routes() if not expected_of(route)] == []


def test_no_line_is_left_over():
    routes = set(all_routes())
    assert [page for _method, page in PAGES if page not in routes] == []
    models = {row["model"] for route in routes if (row := _ROW.fullmatch(route))}
    assert sorted(set(ROWS) - models) == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_as(who: str):
    everything = make_everybody()
    client = Client()
    if who != "visitor":
        client.force_login(everything.users[who])
    wrong = []
    for route in all_routes():
        for method, expected in expected_of(route):
            found = ask(client, method, address(route, everything, who))
            if found != expected[who]:
                wrong.append(f"{method} /{route}: {expected[who]} expected, {found} found")
    assert not wrong, "\n".join(wrong)


def ask(client: Client, method: str, path: str) -> int:
    """The status of one request whose every trace is taken back."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    data = {"revision": "0"} if method == "POST" else None
    with transaction.atomic():
        answer = getattr(client, method.lower())(path, data)
        close(answer)
        transaction.set_rollback(True)
    client.cookies.load(cookies)
    return answer.status_code


def close(answer: HttpResponseBase) -> None:
    """Closes the files of an answer, and nothing else: the test goes on with the database."""
    for closer in answer._resource_closers:
        closer()
