"""The tree as it is stored: complete tiles, and the loose hashes at its right edge."""

from collections.abc import Sequence

from apps.audit.merkle import HEIGHT, TILE, Frontier, Node, fold, frontier_at
from apps.audit.models import Leaf, Tile


class Gap(Exception):
    """A hash that should be stored and is not; the message says which."""


class StoredTree:
    """Hashes of complete subtrees out of the tables, each tile read once: `StoredTree().node`."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash over the leaves [index·2^level, (index+1)·2^level); raises Gap."""
        tall, inside = divmod(level, HEIGHT)
        start, count = index << inside, 1 << inside
        place, first = divmod(start, TILE)
        found = self._tile(tall, place)[first : first + count]
        if len(found) != count:
            raise Gap(f"Hashes of level {tall * HEIGHT} from number {start} on are missing.")
        return fold(found)

    def _tile(self, level: int, place: int) -> list[bytes]:
        if (level, place) not in self._tiles:
            self._tiles[level, place] = entries(level, place)
        return self._tiles[level, place]


def entries(level: int, place: int) -> list[bytes]:
    """The hashes of a tile, as far as they are there: 256 when it is complete."""
    if kept := Tile.objects.filter(level=level, index=place).first():
        raw = bytes(kept.hashes)
        return [raw[at : at + 32] for at in range(0, len(raw), 32)]
    return loose(level, place)


def loose(level: int, place: int) -> list[bytes]:
    """The hashes of a tile that is not complete: leaves, or roots of the tiles below."""
    here = (place * TILE, (place + 1) * TILE - 1)
    if level == 0:
        leaves = Leaf.objects.filter(index__range=here).order_by("index")
        rows = list(leaves.values_list("index", "leaf_hash"))
    else:
        below = Tile.objects.filter(level=level - 1, index__range=here).order_by("index")
        rows = list(below.values_list("index", "root"))
    if [index for index, _ in rows] != list(range(here[0], here[0] + len(rows))):
        raise Gap(f"Of the hashes {here[0]} to {here[1]} of level {level * HEIGHT} one is missing.")
    return [bytes(raw) for _, raw in rows]


def write_tiles(old: int, new: int, added: Sequence[bytes]) -> None:
    """Keeps every tile that `added`, the leaf hashes [old, new), completed, on every level."""
    level, waiting = 0, [*loose(0, old // TILE)[: old % TILE], *added]
    while new // TILE > old // TILE:
        first = old // TILE
        tiles = [waiting[at : at + TILE] for at in range(0, len(waiting) // TILE * TILE, TILE)]
        roots = [fold(tile) for tile in tiles]
        Tile.objects.bulk_create(
            Tile(level=level, index=first + place, hashes=b"".join(tile), root=roots[place])
            for place, tile in enumerate(tiles)
        )
        old, new, level = old // TILE, new // TILE, level + 1
        waiting = [*loose(level, old // TILE)[: old % TILE], *roots]


def grown(node: Node, size: int, added: Sequence[bytes]) -> Frontier:
    """The frontier of the stored tree of `size` leaves with `added` at its end."""
    frontier = frontier_at(node, size)
    for leaf in added:
        frontier.add(leaf)
    return frontier
