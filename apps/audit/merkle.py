"""The Merkle tree of RFC 9162, section 2.1: hashes, roots, proofs and their verification.

A hash is 32 bytes of SHA-256. `Node` answers for a complete subtree: `node(level, index)` is the
hash over the leaves [index·2^level, (index+1)·2^level). Trees are kept in tiles of 256 hashes, as
C2SP tlog-tiles has them: entry `i` of tile (L, n) is the complete subtree (8·L, 256·n + i).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

TILE = 256  # hashes in a full tile
HEIGHT = 8  # levels of the tree in one level of tiles
EMPTY = sha256(b"").digest()  # the root of a tree without leaves


class BadProof(Exception):
    """A proof that does not lead to the root it should lead to; the message says why."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of one level, k ≥ 0."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, any number of them."""
    return root(lambda level, i: fold(hashes[i << level : (i + 1) << level]), len(hashes))


def root(node: Node, size: int) -> bytes:
    """The root over the first `size` leaves."""
    return subtree(node, 0, size) if size else EMPTY


def subtree(node: Node, start: int, stop: int) -> bytes:
    """The hash over the leaves [start, stop), as RFC 9162 splits them; start is aligned."""
    count = stop - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(subtree(node, start, middle), subtree(node, middle, stop))


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162, 2.1.3.1: siblings from the leaf up."""
    if not 0 <= index < size:
        raise BadProof(f"Leaf {index} is not in a tree of {size}.")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(subtree(node, middle, stop))
            stop = middle
        else:
            path.append(subtree(node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 9162, 2.1.4.1; empty where old is 0 or the same as new."""
    if not 0 <= old <= new:
        raise BadProof(f"A tree of {new} is not younger than one of {old}.")
    start, stop, path = 0, new, []
    while start < old < stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(subtree(node, middle, stop))
            stop = middle
        else:
            path.append(subtree(node, start, middle))
            start = middle
    if 0 < start < old:
        path.append(subtree(node, start, stop))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> None:
    """Raises BadProof unless `leaf` is number `index` of the `size` leaves under the root `top`."""
    if not 0 <= index < size:
        raise BadProof(f"Leaf {index} is not in a tree of {size}.")
    last, found = size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BadProof("The inclusion proof is too long.")
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise BadProof("The inclusion proof is too short.")
    if found != top:
        raise BadProof("The inclusion proof leads to another root.")


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raises BadProof unless the tree of `new` leaves begins with that of `old` (2.1.4.2)."""
    if not 0 <= old <= new:
        raise BadProof(f"A tree of {new} is not younger than one of {old}.")
    if old in (0, new):
        if path or (old == new and old_root != new_root) or (not old and old_root != EMPTY):
            raise BadProof("Two roots of one size differ, or there is a proof where none belongs.")
        return
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        raise BadProof("The consistency proof is too short.")
    _climb(old - 1, new - 1, hashes, old_root, new_root)


def _climb(at: int, last: int, hashes: list[bytes], old_root: bytes, new_root: bytes) -> None:
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise BadProof("The consistency proof is too long.")
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    if last or (before, after) != (old_root, new_root):
        raise BadProof("The consistency proof leads to other roots.")


class Frontier:
    """A tree that grows at its right edge and keeps only the complete subtrees: ≤ 63 hashes."""

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        """`edge`: the hashes of the complete subtrees of `size`, the largest first."""
        self.size = size
        self.edge = list(edge)

    def add(self, subtree_root: bytes, level: int = 0) -> None:
        """One more complete subtree of 2^level leaves; the size is a multiple of that."""
        at, found = self.size >> level, subtree_root
        while at & 1:
            found, at = node_hash(self.edge.pop(), found), at >> 1
        self.edge.append(found)
        self.size += 1 << level

    def copy(self) -> "Frontier":
        """Another one that can grow on its own."""
        return Frontier(self.size, self.edge)

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.edge:
            return EMPTY
        found = self.edge[-1]
        for left in self.edge[-2::-1]:
            found = node_hash(left, found)
        return found


def frontier_at(node: Node, size: int) -> Frontier:
    """The frontier of the first `size` leaves."""
    frontier, start = Frontier(), 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            frontier.edge.append(node(level, start >> level))
            start += 1 << level
    frontier.size = size
    return frontier


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
