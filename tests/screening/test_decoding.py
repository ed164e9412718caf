"""Every format that we take, decoded by the real ffmpeg and compared with what went in."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from apps.screening.decoding import UnusableAudio, open_audio, probe_audio
from apps.screening.limits import Limits
from apps.screening.samples import blocks
from tests.hostile import PNG, flac_with_total, id3, text_frame, wav
from tests.sounds import Samples, encode, tune, write_wav

# file name, encoder options, container, codec, bit depth
LOSSLESS = [
    ("a.wav", ["-c:a", "pcm_s16le"], "wav", "pcm_s16le", 16),
    ("a.wav", ["-c:a", "pcm_s24le"], "wav", "pcm_s24le", 24),
    ("a.wav", ["-c:a", "pcm_s32le"], "wav", "pcm_s32le", 32),
    ("a.wav", ["-c:a", "pcm_f32le"], "wav", "pcm_f32le", 32),
    ("a.wav", ["-c:a", "pcm_f64le"], "wav", "pcm_f64le", 64),
    ("a.wav", ["-rf64", "always"], "wav", "pcm_s16le", 16),
    ("a.wav", ["-write_bext", "1"], "wav", "pcm_s16le", 16),
    ("a.w64", [], "w64", "pcm_s16le", 16),
    ("a.flac", [], "flac", "flac", 16),
    ("a.flac", ["-sample_fmt", "s32"], "flac", "flac", 24),
    ("a.oga", ["-c:a", "flac"], "ogg", "flac", 16),
    ("a.m4a", ["-c:a", "alac"], "mp4", "alac", 16),
    ("a.aif", [], "aiff", "pcm_s16be", 16),
    ("a.aifc", ["-c:a", "pcm_s16le", "-f", "aiff"], "aiff", "pcm_s16le", 16),
    ("a.caf", ["-c:a", "pcm_s24be"], "caf", "pcm_s24be", 24),
]
LOSSY = [
    ("a.mp3", ["-b:a", "192k"], "mp3", "mp3"),
    ("a.mp3", ["-b:a", "192k", "-write_xing", "0", "-id3v2_version", "0"], "mp3", "mp3"),
    ("a.mp3", ["-q:a", "2"], "mp3", "mp3"),
    ("a.m4a", ["-c:a", "aac", "-b:a", "192k"], "mp4", "aac"),
    ("a.aac", ["-c:a", "aac", "-b:a", "192k"], "aac", "aac"),
    ("a.ogg", ["-c:a", "libvorbis", "-q:a", "8"], "ogg", "vorbis"),
    ("a.opus", ["-b:a", "192k"], "ogg", "opus"),
    ("a.wav", ["-c:a", "libmp3lame", "-b:a", "192k"], "wav", "mp3"),
    ("a.wav", ["-c:a", "pcm_alaw"], "wav", "pcm_alaw"),
    ("a.wav", ["-c:a", "pcm_mulaw"], "wav", "pcm_mulaw"),
    ("a.wav", ["-c:a", "adpcm_ima_wav"], "wav", "adpcm_ima_wav"),
]


@pytest.mark.parametrize(("name", "options", "container", "codec", "depth"), LOSSLESS)
def test_lossless_formats_give_the_samples_back(
    tmp_path: Path, limits: Limits, melody: Path, name, options, container, codec, depth
) -> None:
    path = encode(melody, tmp_path / name, *options)
    with open_audio(path, filename=name, limits=limits) as audio:
        assert np.abs(audio.pcm - _samples(melody)).max() < 1e-6
        assert (audio.rate, audio.duration_s) == (44_100, 3.0)
        source = audio.source
        assert (source.container, source.codec, source.bit_depth) == (container, codec, depth)
        assert (source.sample_rate, source.channels, source.lossless) == (44_100, 2, True)
        assert (source.decode_errors, source.trailing_bytes) == (0, 0)
        assert source.claimed_s == pytest.approx(3.0, abs=0.01)
        assert source.extension_expected == path.suffix[1:]
        assert audio.tags_error is None
        assert audio.c2pa is None
        assert audio.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("name", "options", "container", "codec"), LOSSY)
def test_lossy_formats_give_nearly_the_samples_back(
    tmp_path: Path, limits: Limits, melody: Path, name, options, container, codec
) -> None:
    path = encode(melody, tmp_path / name, *options)
    with open_audio(path, filename=name, limits=limits) as audio:
        assert (audio.source.container, audio.source.codec) == (container, codec)
        assert audio.source.lossless is False
        assert audio.source.bit_depth is None
        assert audio.source.decode_errors == 0
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)
        claimed = audio.source.claimed_s
        assert claimed is None or claimed == pytest.approx(audio.duration_s, abs=0.15)
        assert _likeness(audio.pcm, audio.rate) > 0.95


def _samples(path: Path) -> Samples:
    data = path.read_bytes()
    start = data.index(b"data") + 8
    return np.frombuffer(data[start:], dtype="<i2").reshape(-1, 2).astype(np.float32) / 32_768


def _likeness(pcm: Samples, rate: int) -> float:
    """The best correlation with the melody over small delays, which lossy codecs add."""
    mine = np.asarray(pcm[:, 0])
    if rate != 44_100:
        places = np.arange(int(len(mine) * 44_100 / rate)) * rate / 44_100
        mine = np.interp(places, np.arange(len(mine)), mine)
    theirs = tune(3.0)[:, 0]
    return max(
        float(np.corrcoef(mine[delay : delay + 100_000], theirs[:100_000])[0, 1])
        for delay in range(2_400)
        if delay < 4 or delay % 1_024 in range(0, 200) or delay > 2_200
    )


def test_same_recording_has_one_pcm_hash_in_every_lossless_container(
    tmp_path: Path, limits: Limits, melody: Path
) -> None:
    names = ("b.flac", "b.aiff", "b.w64", "b.caf")
    paths = [melody, *(encode(melody, tmp_path / name) for name in names)]
    paths.append(encode(melody, tmp_path / "b.m4a", "-c:a", "alac"))
    paths.append(encode(melody, tmp_path / "b.wav", "-c:a", "pcm_s24le"))
    hashes = set()
    for path in paths:
        with open_audio(path, filename=path.name, limits=limits) as audio:
            hashes.add(audio.pcm_sha256)
    expected = (np.frombuffer(melody.read_bytes()[44:], "<i2").astype("<i4") << 16).tobytes()
    assert hashes == {hashlib.sha256(expected).hexdigest()}


@pytest.mark.parametrize(
    "rate", [8_000, 11_025, 22_050, 35_467, 48_000, 88_200, 96_000, 192_000, 384_000]
)
def test_every_usual_rate(tmp_path: Path, limits: Limits, rate: int) -> None:
    path = write_wav(tmp_path / "r.wav", _sine(rate, seconds=2.0), rate)
    with open_audio(path, filename="r.wav", limits=limits) as audio:
        assert audio.source.sample_rate == rate
        assert audio.rate == min(rate, 48_000)
        assert audio.duration_s == pytest.approx(2.0, abs=0.001)
        assert audio.pcm.shape == (len(audio.pcm), 1)
        middle = np.asarray(audio.pcm[audio.rate // 2 : -audio.rate // 2, 0])
        loudest = np.abs(np.fft.rfft(middle)).argmax() * audio.rate / len(middle)
        assert loudest == pytest.approx(1_000, abs=3)
        assert np.abs(middle).max() == pytest.approx(0.5, abs=0.02)


def _sine(rate: int, seconds: float) -> Samples:
    t = np.arange(int(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * 1_000 * t)).astype(np.float32)[:, None]


def test_eight_bits_decode(tmp_path: Path, limits: Limits) -> None:
    data = wav(bytes([0, 128, 255, 128]) * 30_000, rate=8_000, channels=1, bits=8)
    (tmp_path / "u8.wav").write_bytes(data)
    with open_audio(tmp_path / "u8.wav", filename="u8.wav", limits=limits) as audio:
        assert audio.source.bit_depth == 8
        assert np.asarray(audio.pcm[:4, 0]).tolist() == [-1.0, 0.0, 127 / 128, 0.0]


def test_float_may_pass_full_scale_a_little(tmp_path: Path, limits: Limits, melody: Path) -> None:
    options = ("-af", "volume=6dB", "-c:a", "pcm_f32le")
    path = encode(melody, tmp_path / "hot.wav", *options)
    with open_audio(path, filename="hot.wav", limits=limits) as audio:
        assert 0.99 < np.abs(audio.pcm).max() < 1.01
    path = encode(melody, tmp_path / "hotter.wav", "-af", "volume=12dB", "-c:a", "pcm_f32le")
    with open_audio(path, filename="hotter.wav", limits=limits) as audio:
        assert np.abs(audio.pcm).max() > 1.9


def test_samples_are_mapped_read_only(limits: Limits, melody: Path) -> None:
    with open_audio(melody, filename="a.wav", limits=limits) as audio:
        assert isinstance(audio.pcm, np.memmap)
        assert not audio.pcm.flags.writeable
        assert sum(len(block) for block in blocks(audio.pcm, 10_000)) == len(audio.pcm)
        assert np.abs(audio.pcm).max() > 0.4  # still there after its pages were handed back


def test_flac_with_id3_in_front(tmp_path: Path, limits: Limits, melody: Path) -> None:
    flac = encode(melody, tmp_path / "a.flac").read_bytes()
    path = tmp_path / "tagged.flac"
    path.write_bytes(id3(text_frame(b"TIT2", "Before")) + flac)
    with open_audio(path, filename="tagged.flac", limits=limits) as audio:
        assert audio.source.container == "flac"
        assert audio.duration_s == 3.0
        assert ("TIT2", "Before") in [(tag.field, tag.value) for tag in audio.tags]


def test_mp3_behind_zeros_and_two_tags(tmp_path: Path, limits: Limits, melody: Path) -> None:
    mp3 = encode(melody, tmp_path / "a.mp3", "-id3v2_version", "0").read_bytes()
    path = tmp_path / "b.mp3"
    path.write_bytes(id3(text_frame(b"TIT2", "A")) * 2 + bytes(3_000) + mp3)
    with open_audio(path, filename="b.mp3", limits=limits) as audio:
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(("total", "claimed"), [(0, None), (2**36 - 1, None), (44_100, 1.0)])
def test_flac_that_lies_about_its_length(
    tmp_path: Path, limits: Limits, melody: Path, total: int, claimed: float | None
) -> None:
    flac = encode(melody, tmp_path / "a.flac").read_bytes()
    path = tmp_path / "lie.flac"
    path.write_bytes(flac_with_total(flac, total))
    with open_audio(path, filename="lie.flac", limits=limits) as audio:
        assert audio.duration_s == 3.0
        assert audio.source.claimed_s == claimed


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.aiff", "a.m4a"])
def test_truncated_files_decode_and_tell(
    tmp_path: Path, limits: Limits, melody: Path, name: str
) -> None:
    whole = (
        encode(melody, tmp_path / name, "-movflags", "+faststart").read_bytes()
        if (name == "a.m4a")
        else encode(melody, tmp_path / name).read_bytes()
    )
    path = tmp_path / f"cut-{name}"
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with open_audio(path, filename=name, limits=limits) as audio:
        assert 1.0 < audio.duration_s < 2.2
        assert audio.source.claimed_s == pytest.approx(3.0, abs=0.1)


def test_damage_in_the_middle_is_counted(tmp_path: Path, limits: Limits, melody: Path) -> None:
    flac = bytearray(encode(melody, tmp_path / "a.flac").read_bytes())
    for at in range(len(flac) // 3, len(flac) * 2 // 3, 5_000):
        flac[at] ^= 0xFF
    path = tmp_path / "harmed.flac"
    path.write_bytes(flac)
    with open_audio(path, filename="harmed.flac", limits=limits) as audio:
        assert audio.source.decode_errors > 3


def test_pictures_in_the_file_are_left_alone(tmp_path: Path, limits: Limits, melody: Path) -> None:
    (tmp_path / "cover.png").write_bytes(PNG)
    cover = ("-i", str(tmp_path / "cover.png"), "-map", "0:a", "-map", "1:v", "-c:v", "copy")
    for name in ("c.mp3", "c.m4a", "c.flac"):
        path = encode(melody, tmp_path / name, *cover, "-disposition:v", "attached_pic")
        with open_audio(path, filename=name, limits=limits) as audio:
            assert audio.duration_s == pytest.approx(3.0, abs=0.1)
            assert audio.source.decode_errors == 0


def test_sound_of_a_video_is_taken(tmp_path: Path, limits: Limits, melody: Path) -> None:
    video = ("-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=3", "-c:v", "mpeg4")
    path = encode(melody, tmp_path / "clip.mp4", *video, "-map", "0:a", "-map", "1:v")
    with open_audio(path, filename="clip.mp4", limits=limits) as audio:
        assert audio.source.extension_expected == "mp4"
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)


def test_wrong_extension_is_decoded_and_noted(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = encode(melody, tmp_path / "a.mp3")
    with open_audio(path, filename="MASTER.WAV", limits=limits) as audio:
        assert audio.source.extension_expected == "mp3"
    opus = encode(melody, tmp_path / "a.opus")
    with open_audio(opus, filename="a.flac", limits=limits) as audio:
        assert audio.source.extension_expected == "opus"


def test_timestamps_do_not_cut_the_sound(tmp_path: Path, limits: Limits, melody: Path) -> None:
    """An Ogg file whose timestamps jump ahead by hours, as edits of live streams have."""
    path = encode(melody, tmp_path / "a.ogg", "-c:a", "libvorbis", "-output_ts_offset", "7200")
    with open_audio(path, filename="a.ogg", limits=limits) as audio:
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)
        assert audio.source.decode_errors == 0


def test_an_error_inside_the_block_passes_and_leaves_nothing(limits: Limits, melody: Path) -> None:
    def fail() -> None:
        with open_audio(melody, filename="a.wav", limits=limits):
            raise MemoryError("of a check, not of decoding")

    with pytest.raises(MemoryError, match="of a check"):
        fail()


def test_length_limits(tmp_path: Path, limits: Limits, melody: Path) -> None:
    short = write_wav(tmp_path / "short.wav", tune(0.9))
    long = replace(limits, max_s=1.5, grace_s=0.5)
    for path, allowed, code in ((short, limits, "too_short"), (melody, long, "too_long")):
        with pytest.raises(UnusableAudio) as refused:
            _open(path, allowed)
        assert refused.value.code == code
    _open(melody, replace(limits, max_s=2.5, grace_s=0.5))


def _open(path: Path, limits: Limits) -> None:
    with open_audio(path, filename=path.name, limits=limits):
        pass


def test_probe_tells_what_the_artist_sees(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = encode(melody, tmp_path / "a.wav", "-c:a", "pcm_s24le", "-ar", "48000")
    probed = probe_audio(path, filename="a.wav", limits=limits)
    assert probed.estimated_s == pytest.approx(3.0, abs=0.01)
    source = probed.source
    assert (source.channels, source.bit_depth, source.sample_rate) == (2, 24, 48_000)


def test_probe_refuses_what_claims_to_be_too_long(limits: Limits, melody: Path) -> None:
    with pytest.raises(UnusableAudio) as refused:
        probe_audio(melody, filename="a.wav", limits=replace(limits, max_s=1.0))
    assert refused.value.code == "too_long"


def test_probe_does_not_believe_absurd_claims(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = tmp_path / "lie.flac"
    path.write_bytes(flac_with_total(encode(melody, tmp_path / "a.flac").read_bytes(), 2**36 - 1))
    assert probe_audio(path, filename="lie.flac", limits=limits).estimated_s is None


def test_missing_file_is_no_fault_of_the_artist(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FileNotFoundError):
        _open(tmp_path / "gone.wav", limits)


def test_full_disk_is_no_fault_of_the_artist(tmp_path: Path, limits: Limits, melody: Path) -> None:
    """On a disk of 64 KB, where such a disk can be made; it needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(OSError, match="No space left"):
            _open(melody, replace(limits, scratch=disk))
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
