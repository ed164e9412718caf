"""Uploads in a real browser: several at once, cut off, gone on with after a reload."""

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.catalogue.models import AudioFile, Track, Upload
from tests.factories import PASSWORD, ArtistFactory, ReleaseFactory
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release_page(page: Page) -> Page:
    return open_release(page)


def open_release(page: Page) -> Page:
    """A new release of a new artist, who is logged in."""
    release = ReleaseFactory(owner=ArtistFactory(email="artist@example.org"))
    page.goto("/account/login/")
    page.fill("input[name=login]", "artist@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"/releases/{release.pk}/")
    return page


def line(page: Page, name: str):
    return page.locator(".upload", has_text=name)


def test_several_files_at_once_become_tracks(release_page: Page, tmp_path, worker):
    files = [write_wav(tmp_path / f"0{n} song {n}.wav", tune(2, seed=n)) for n in range(1, 5)]
    picture = tmp_path / "cover.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    release_page.set_input_files("#upload-files", [*reversed(files), picture])
    expect(line(release_page, "cover.jpg")).to_contain_text("This is not audio")
    for n in range(1, 5):
        row = line(release_page, f"song {n}")
        expect(row).to_contain_text("uploaded · 0:02", timeout=30_000)
    expect(release_page.locator(".track-list li")).to_have_count(4)
    titles = list(Track.objects.order_by("position").values_list("title", flat=True))
    assert titles == [f"song {n}" for n in range(1, 5)]


def test_cut_off_and_gone_on_with_after_a_reload(release_page: Page, tmp_path, assert_accessible):
    big = tmp_path / "big.wav"
    big.write_bytes(write_wav(tmp_path / "a.wav", tune(2)).read_bytes() + bytes(24 * 1024**2))
    network = release_page.context.new_cdp_session(release_page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 4 * 1024**2})
    release_page.set_input_files("#upload-files", big)
    row = line(release_page, "big.wav")
    expect(row).to_contain_text("MB/s", timeout=10_000)
    assert_accessible(release_page)
    row.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text("paused")

    release_page.reload()
    expect(row).to_contain_text("is here. Choose the same file again")
    before = Upload.objects.get()
    assert 0 < before.offset < before.length
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    release_page.set_input_files("#upload-files", big)
    expect(row).to_contain_text("uploaded, being read", timeout=20_000)
    assert Upload.objects.get().pk == before.pk
    with AudioFile.objects.get().file.open() as stored:
        assert stored.read() == big.read_bytes()


def test_thrown_away(chromium: Browser, live_server, tmp_path):
    """In a session of its own: a browser writes every broken request to its console."""
    context = chromium.new_context(base_url=live_server.url)
    page = open_release(context.new_page())
    # Only bytes are stopped: were they let through before “Cancel”, a retry could arrive first.
    page.route(
        "**/uploads/*/",
        lambda route: route.continue_() if route.request.method == "DELETE" else route.abort(),
    )
    page.set_input_files("#upload-files", write_wav(tmp_path / "a.wav", tune(1)))
    row = line(page, "a.wav")
    expect(row).to_contain_text("we go on trying")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)
    assert not Upload.objects.exists()
    context.close()


def test_without_javascript(new_context, tmp_path):
    page = open_release(new_context(java_script_enabled=False).new_page())
    files = [write_wav(tmp_path / f"{n}.wav", tune(1, seed=n)) for n in (1, 2)]
    page.set_input_files("#upload-files", files)
    page.click("#uploads button[data-plain]")
    expect(page.locator(".messages")).to_contain_text("2.wav is uploaded")
    expect(page.locator(".track-list li")).to_have_count(2)
