"""Frame headers of MPEG audio (MP1, MP2, MP3) and of raw AAC (ADTS).

Layouts after ISO/IEC 11172-3 section 2.4.1.3, 13818-3 section 2.4.1 and 13818-7 annex 6.2.
"""

from dataclasses import dataclass

AAC = 0  # the layer bits of ADTS
FRAMES_TO_BELIEVE = 3

# kbit/s by (MPEG-1?, layer), index 1..14
BIT_RATES = {
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}


@dataclass(frozen=True)
class Frame:
    """One frame header: length in bytes, samples per channel; `layer` is 1 to 3, or AAC."""

    layer: int
    version: int
    rate: int
    mono: bool
    length: int
    samples: int

    def resembles(self, other: "Frame") -> bool:
        """Whether both can belong to one stream."""
        mine = (self.layer, self.version, self.rate)
        return mine == (other.layer, other.version, other.rate)


def read_frame(data: bytes, at: int) -> Frame | None:
    """The frame header at a position, or None where there is none."""
    head = data[at : at + 7]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = 4 - (head[1] >> 1 & 3)
    return _read_adts(head) if layer == 4 else _read_mpeg(head, layer)


def _read_mpeg(head: bytes, layer: int) -> Frame | None:
    version, rate_index, bit_rate_index = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate_index == 3 or bit_rate_index in (0, 15):
        return None
    rate = SAMPLE_RATES[version][rate_index]
    bits = BIT_RATES[version == 3, layer][bit_rate_index - 1] * 1000
    padding = head[2] >> 1 & 1
    if layer == 1:
        samples, length = 384, (12 * bits // rate + padding) * 4
    else:
        samples = 576 if layer == 3 and version != 3 else 1152
        length = samples // 8 * bits // rate + padding
    return Frame(layer, version, rate, head[3] >> 6 == 3, length, samples)


def _read_adts(head: bytes) -> Frame | None:
    if len(head) < 7 or head[1] & 0xF0 != 0xF0:
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    rate_index = head[2] >> 2 & 15
    if rate_index > 12 or length < 7:
        return None
    mono = ((head[2] & 1) << 2 | head[3] >> 6) == 1
    return Frame(AAC, head[1] >> 3 & 1, rate_index, mono, length, 1024)


def find_frames(data: bytes, *, whole: bool) -> tuple[int, Frame] | None:
    """Position and header of the first frame that others like it follow, or None.

    `whole` says that `data` reaches to the end of the file, so that a very short stream counts.
    """
    at = data.find(b"\xff")
    while at >= 0:
        frame = read_frame(data, at)
        if frame is not None and _is_followed(data, at, frame, whole):
            return at, frame
        at = data.find(b"\xff", at + 1)
    return None


def _is_followed(data: bytes, at: int, first: Frame, whole: bool) -> bool:
    position = at
    for seen in range(FRAMES_TO_BELIEVE):
        if position >= len(data):
            # A window that ends, or a file that ends exactly where a frame does.
            return seen >= 2 or (whole and seen == 1 and position == len(data))
        frame = read_frame(data, position)
        if frame is None or not frame.resembles(first):
            return whole and seen >= 1 and len(data) - position in (0, 128)
        position += frame.length
    return True


def count_claimed_frames(data: bytes, at: int, frame: Frame) -> int | None:
    """Frames that a Xing, Info or VBRI header in the first MP3 frame promises, or None."""
    side = (17 if frame.mono else 32) if frame.version == 3 else (9 if frame.mono else 17)
    xing = data[at + 4 + side : at + 4 + side + 12]
    if xing[:4] in (b"Xing", b"Info") and len(xing) == 12 and xing[7] & 1:
        return int.from_bytes(xing[8:12], "big") or None
    vbri = data[at + 36 : at + 36 + 18]
    if vbri[:4] == b"VBRI" and len(vbri) == 18:
        return int.from_bytes(vbri[14:18], "big") or None
    return None
