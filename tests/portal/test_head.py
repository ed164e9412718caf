"""HEAD tells what GET would, and sends nothing."""

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from apps.portal.head import drop_body_of_head

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sound.bin"
    path.write_bytes(b"abcdef")
    return path


def test_a_page_keeps_its_length_and_loses_its_body():
    page = HttpResponse("words", headers={"Content-Length": "5"})
    found = drop_body_of_head(lambda _: page)(RequestFactory().head("/"))
    assert (found.content, found["Content-Length"]) == (b"", "5")


def test_a_file_is_closed_unread(file):
    stream = file.open("rb")
    found = drop_body_of_head(lambda _: FileResponse(stream))(RequestFactory().head("/"))
    assert (b"".join(found), found["Content-Length"]) == (b"", "6")
    assert found.file_to_stream is None  # or the server would send it past us
    found.close()
    assert stream.closed


def test_get_is_left_alone(file):
    get = RequestFactory().get("/")
    assert drop_body_of_head(lambda _: HttpResponse("words"))(get).content == b"words"
    with file.open("rb") as stream:
        assert b"".join(drop_body_of_head(lambda _: FileResponse(stream))(get)) == b"abcdef"


def test_it_stands_outside_of_whatever_counts_bytes(client):
    with_body, without = client.get("/tdm-policy.json"), client.head("/tdm-policy.json")
    assert without["Content-Length"] == with_body["Content-Length"] == str(len(with_body.content))
    assert without.status_code == 200
