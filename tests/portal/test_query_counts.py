"""No page asks the database more than twenty times, whoever opens it."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portal.everybody import PEOPLE, all_routes, make_everybody
from tests.portal.test_authorisation import address, close, expected_of

MOST = 20
NOT_THE_PAGES = (
    *("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"),
    "SELECT clock_timestamp()",  # the ledger's clock; on SQLite it is Python's, and no query
)


@pytest.mark.django_db
@pytest.mark.parametrize("who", [person for person in PEOPLE if person != "visitor"])
def test_every_page_within_twenty_queries(who: str) -> None:
    everything = make_everybody()
    client = Client()
    client.force_login(everything.users[who])
    counts = {}
    for route in all_routes():
        pages = [method for method, _expected in expected_of(route) if method == "GET"]
        if pages:
            counts[route] = count_queries(client, address(route, everything, who))
    assert len(counts) > 60
    assert {route: count for route, count in counts.items() if count > MOST} == {}


def count_queries(client: Client, path: str) -> int:
    """Queries of one request for rows: none that mark a place or ask the time."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            close(client.get(path))
        transaction.set_rollback(True)
    client.cookies.load(cookies)
    return sum(not query["sql"].startswith(NOT_THE_PAGES) for query in captured)
