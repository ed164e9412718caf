"""The upload quota: numbers in, a sentence out."""

import pytest

from apps.accounts.quota import QuotaReached, Usage, require_room


@pytest.fixture(autouse=True)
def small_limits(settings):
    settings.UPLOADS_PER_DAY = 3
    settings.UPLOAD_BYTES_PER_DAY = 1000


def test_a_file_that_fits_exactly_passes():
    require_room(Usage(files=2, size_bytes=400), size_bytes=600)


def test_one_byte_too_many_is_refused_with_what_is_left():
    with pytest.raises(QuotaReached, match="400\xa0bytes of it is left") as caught:
        require_room(Usage(files=1, size_bytes=600), size_bytes=401)
    assert caught.value.code == "quota_reached"


def test_one_file_too_many_is_refused_whatever_its_size():
    with pytest.raises(QuotaReached, match="3 files a day"):
        require_room(Usage(files=3, size_bytes=0), size_bytes=0)


def test_nothing_left_never_reads_as_a_negative_number():
    with pytest.raises(QuotaReached, match="0\xa0bytes of it is left"):
        require_room(Usage(files=1, size_bytes=5000), size_bytes=1)
