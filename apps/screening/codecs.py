"""Which codecs we decode, and how ffmpeg is told to open an upload and nothing else."""

from pathlib import Path

from apps.screening.containers import Container

INPUT = "input"
# Every demuxer that we ever force; nothing else may be opened, whatever a file refers to.
DEMUXERS = "wav,w64,aiff,flac,mp3,aac,mov,ogg,caf"
LOSSY = frozenset(
    {
        *("aac", "mp3", "vorbis", "opus", "pcm_alaw", "pcm_mulaw"),
        *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
    }
)
LOSSLESS = frozenset(
    {
        *("flac", "alac", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"),
        *("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    }
)
# What ffmpeg may decode. Pictures and subtitles are not on it: ffprobe may open a decoder for them
# (without one it gives up) but never gets to use it.
DECODERS = ",".join(sorted(LOSSY | LOSSLESS | {"mp3float"}))
PICTURES = (
    "png,mjpeg,gif,bmp,webp,tiff,h264,hevc,mpeg4,mpeg1video,mpeg2video,h263,theora,prores,qtrle,"
    "rawvideo,svq1,svq3,vp8,vp9,av1,libdav1d,libaom-av1"
)
SUBTITLES = "mov_text,ass,srt,subrip,text,webvtt"
# Sample descriptions of MP4 that only a key opens; ffmpeg would decode noise.
ENCRYPTED = frozenset({b"drms", b"drmi", b"enca", b"encv"})


def link_input(path: Path, place: Path) -> None:
    """Gives the upload a name of ours, so that its own can never be an option or a protocol."""
    (place / INPUT).symlink_to(path.resolve(strict=True))


def input_options(container: Container, start: int) -> list[str]:
    """ffmpeg's options that pin the one demuxer, few decoders, and open nothing but the upload.

    ID3 tags in front are skipped, down to byte `start`: ffmpeg would need time that grows with the
    square of their number, and look at their pictures.
    """
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS),
        *("-codec_whitelist", DECODERS, "-skip_initial_bytes", str(start)),
        *("-f", container.demuxer, "-i", f"file:{INPUT}"),
    ]
