"""Files that mean harm, or have been harmed: made here, byte by byte, each for one weakness."""

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55"
    b"\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01\xe5\x27\xde\xfc\0\0\0\0IEND\xaeB`\x82"
)
SVG = b'<?xml version="1.0"?>\n<!-- a note -->\n<svg xmlns="http://www.w3.org/2000/svg"></svg>\n'
HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"
ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 3, 62, 1) + bytes(100)


def zip_archive() -> bytes:
    """A small ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("track.wav", b"RIFF" * 100)
    return buffer.getvalue()


def playlists(secret: Path) -> dict[str, bytes]:
    """Playlists of every kind that ffmpeg follows, each pointing at a local file."""
    return {
        "hls": f"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n".encode(),
        "hls-blanks": f"\n \n#EXTM3U\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode(),
        "hls-utf16": f"#EXTM3U\n#EXTINF:10,\n{secret}\n".encode("utf-16"),
        "ffconcat": f"ffconcat version 1.0\nfile {secret.name}\n".encode(),
        "concat": f"file '{secret}'\nfile '{secret}'\n".encode(),
        "dash": _dash(secret),
        "sdp": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n",
        "pls": f"[playlist]\nFile1={secret}\nNumberOfEntries=1\n".encode(),
        "cue": f'FILE "{secret}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'.encode(),
        "xspf": f'<?xml version="1.0"?><playlist><location>{secret}</location></playlist>'.encode(),
    }


def _dash(secret: Path) -> bytes:
    return (
        '<?xml version="1.0"?>\n<!-- x -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
        'type="static" mediaPresentationDuration="PT10S"><Period><AdaptationSet '
        f'mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{secret}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    ).encode()


def wav(
    data: bytes,
    *,
    rate: int = 44_100,
    channels: int = 2,
    bits: int = 16,
    tag: int = 1,
    data_size: int | None = None,
    riff_size: int | None = None,
    chunks: bytes = b"",
    kind: bytes = b"RIFF",
) -> bytes:
    """A WAV file whose header says whatever it is told to; `chunks` go behind the samples."""
    width = channels * bits // 8 & 0xFFFF
    head = struct.pack("<HHIIHH", tag, channels, rate, rate * width & 0xFFFFFFFF, width, bits)
    size = len(data) if data_size is None else data_size
    body = b"WAVE" + chunk(b"fmt ", head) + b"data" + struct.pack("<I", size) + data + chunks
    return kind + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def chunk(name: bytes, data: bytes) -> bytes:
    """A RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def info_list(**fields: str) -> bytes:
    """A RIFF LIST/INFO chunk."""
    items = (chunk(name.encode(), text.encode() + b"\0") for name, text in fields.items())
    return chunk(b"LIST", b"INFO" + b"".join(items))


def float_wav(values: list[float], *, seconds: float = 2.0, rate: int = 44_100) -> bytes:
    """32-bit float mono that repeats `values`."""
    count = int(seconds * rate)
    return wav(
        struct.pack(f"<{len(values)}f", *values) * (count // len(values)),
        rate=rate,
        channels=1,
        bits=32,
        tag=3,
    )


def synchsafe(value: int) -> bytes:
    """Four bytes of seven bits each."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3(frames: bytes, *, version: int = 4, flags: int = 0, size: int | None = None) -> bytes:
    """An ID3v2 tag around frames; `size` makes it lie about its length."""
    length = len(frames) if size is None else size
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(length) + frames


def frame(name: bytes, body: bytes, *, version: int = 4, flags: int = 0) -> bytes:
    """One ID3v2 frame in the manner of a version (2, 3 or 4)."""
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    return name + size + struct.pack(">H", flags) + body


def text_frame(name: bytes, text: str, *, version: int = 4) -> bytes:
    """A text frame in UTF-8 (2.4) or UTF-16 (before)."""
    body = b"\3" + text.encode() if version == 4 else b"\1" + text.encode("utf-16")
    return frame(name, body, version=version)


def id3_bomb(inflated: int = 256 << 20) -> bytes:
    """An ID3v2.4 tag with a compressed frame that unpacks to `inflated` bytes."""
    packer = zlib.compressobj(9)
    block = b"\0" * (1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(inflated >> 20)) + packer.flush()
    return id3(frame(b"TXXX", struct.pack(">I", 0x0FFFFFFF) + packed, flags=0x0009))


def id3_crowd(count: int = 50_000) -> bytes:
    """An ID3v2.4 tag of very many small frames, no two alike."""
    return id3(b"".join(text_frame(b"TXXX", f"a{i}\0b") for i in range(count)))


def id3_cover_claim() -> bytes:
    """An ID3v2.3 tag whose cover claims to be far longer than the tag."""
    body = b"\0image/png\0\3\0" + PNG
    return id3(b"APIC" + struct.pack(">I", 0x7FFFFFFF) + b"\0\0" + body, version=3)


def flac_with_total(flac: bytes, total: int) -> bytes:
    """A FLAC file whose STREAMINFO claims another number of samples (36 bits)."""
    assert flac[:4] == b"fLaC"
    patched = bytearray(flac)
    patched[21] = patched[21] & 0xF0 | total >> 32
    patched[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(patched)


def comfy_graph() -> str:
    """A workflow graph as such tools leave it, longer than ordinary tags may be."""
    node = {"class_type": "TextEncodeAceStepAudio", "inputs": {"tags": "pop", "lyrics": "la " * 50}}
    return json.dumps({str(i): node for i in range(60)})


def damage(data: bytes, seed: int) -> bytes:
    """The same bytes after an accident: some flipped, and in every third case the end missing."""
    chance = random.Random(seed)
    harmed = bytearray(data)
    # Headers decide most, so half of the accidents happen there.
    reach = min(len(harmed), 512) if chance.random() < 0.5 else len(harmed)
    for _ in range(chance.choice((1, 4, 16, 64))):
        harmed[chance.randrange(reach)] = chance.randrange(256)
    if seed % 3 == 0:
        del harmed[chance.randrange(len(harmed)) :]
    return bytes(harmed)


def imposters() -> Iterator[tuple[str, bytes, str]]:
    """Name, contents and the word that the refusal must use, of files that are no recordings."""
    yield "cover.wav", PNG + bytes(200), "PNG picture"
    yield "photo.mp3", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(200), "JPEG picture"
    yield "album.flac", zip_archive(), "ZIP archive"
    yield "contract.wav", PDF, "PDF document"
    yield "setup.wav", ELF, "a program"
    yield "page.mp3", HTML, "a web page"
    yield "logo.flac", SVG, "SVG picture"
    yield "notes.ogg", b"Dear label, here is my track. It is really good. Please listen.", "a text"
    yield "data.m4a", b'{"title": "x", "artist": "y", "length": 123, "isrc": "none"}', "JSON"
    yield "photo.m4a", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "HEIC picture"
    yield "bundle.wav", bytes(257) + b"ustar" + bytes(300), "tar archive"
