"""The search in windows, so that a track generated in part is found, and where."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.screening.comb.listen import Frames, Heard, enough, hear
from apps.screening.comb.search import Comb, Span, measure, search

WINDOW_S, HOP_S = 30.0, 10.0
LEAST_S = 45.0  # a shorter recording is one window


@dataclass(frozen=True)
class Window:
    """A stretch of the recording and what was found in it: `combs` best first, perhaps none."""

    start_s: float
    end_s: float
    combs: tuple[Comb, ...]
    heard: Heard | None

    @property
    def score(self) -> float:
        """The best score, 0 when nothing could be searched."""
        return self.combs[0].score if self.combs else 0.0

    def score_at(self, comb: Comb) -> float:
        """The score of that spacing and scale, 0 when it could not be measured."""
        if self.heard is None:
            return 0.0
        here = measure(self.heard.views, comb.spacing_hz, comb.scale)
        return replace(here, shifted=comb.shifted).score if here else 0.0


def windows(
    frames: Frames, band: Span, duration_s: float, spacings: tuple[float, ...]
) -> tuple[Window, ...]:
    """Windows over the whole recording, in order; none for a short one."""
    return tuple(
        _window(frames.between(*span), band, span, spacings) for span in _spans(duration_s)
    )


def _spans(duration_s: float) -> Iterator[Span]:
    if duration_s < LEAST_S:
        return
    hop = max(HOP_S, duration_s / 30)  # of very long recordings only stretches were listened to
    length = WINDOW_S / HOP_S * hop
    count = max(1, int((duration_s - length) / hop + 1.5))
    for i in range(count):
        start = min(i * hop, duration_s - length)
        yield start, start + length


def _window(frames: Frames, band: Span, span: Span, spacings: tuple[float, ...]) -> Window:
    if not enough(frames, band):
        return Window(*span, (), None)
    heard = hear(frames, band)
    return Window(*span, tuple(search(heard.views, spacings)), heard)
