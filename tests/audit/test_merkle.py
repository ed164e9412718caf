"""The tree: reference vectors of Certificate Transparency, and every pair of sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.merkle import (
    EMPTY,
    TILE,
    BadProof,
    Frontier,
    consistency_proof,
    fold,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots of the reference tests of Certificate Transparency (RFC 6962, 9162).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def node_of(hashes: list[bytes]):
    return lambda level, index: fold(hashes[index << level : (index + 1) << level])


def plain_root(hashes: list[bytes]) -> bytes:
    """The definition of the RFC, word for word."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(plain_root(hashes[:k]), plain_root(hashes[k:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_certificate_transparency(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.add(leaf)
    assert frontier.root.hex() == ROOTS[size - 1]


def test_the_inclusion_and_consistency_proofs_of_the_reference_tests() -> None:
    node = node_of(LEAVES)
    assert [one.hex() for one in inclusion_proof(node, 5, 8)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in consistency_proof(node, 6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_leaf_of_every_tree_up_to_65_is_provable_and_nothing_else_is() -> None:
    for size in range(1, 66):
        hashes = leaves(size)
        node, top = node_of(hashes), root_of(hashes)
        assert top == plain_root(hashes)
        for index in range(size):
            path = inclusion_proof(node, index, size)
            verify_inclusion(hashes[index], index, size, path, top)
            with pytest.raises(BadProof):
                verify_inclusion(leaf_hash(b"other"), index, size, path, top)
            with pytest.raises(BadProof):
                verify_inclusion(hashes[index], index, size, [*path, top], top)
            if path:
                with pytest.raises(BadProof):
                    verify_inclusion(hashes[index], index, size, path[:-1], top)


def test_every_pair_of_sizes_up_to_65_is_consistent_and_no_other_root_is() -> None:
    hashes = leaves(65)
    node = node_of(hashes)
    for new in range(66):
        for old in range(new + 1):
            path = consistency_proof(node, old, new)
            roots = root(node, old), root(node, new)
            verify_consistency(old, new, path, *roots)
            with pytest.raises(BadProof):
                verify_consistency(old, new, path, leaf_hash(b"forked"), roots[1])
            if old:
                with pytest.raises(BadProof):
                    verify_consistency(old, new, path, roots[0], leaf_hash(b"forked"))
            if path:
                with pytest.raises(BadProof):
                    verify_consistency(old, new, path[:-1], *roots)
                with pytest.raises(BadProof):
                    verify_consistency(old, new, [*path, path[0]], *roots)


def test_the_frontier_at_any_size_is_that_of_the_tree_that_grew() -> None:
    hashes, grown = leaves(70), Frontier()
    node = node_of(hashes)
    for size in range(71):
        assert grown.root == root(node, size)
        assert frontier_at(node, size).edge == grown.edge
        if size < 70:
            grown.add(hashes[size])


@given(full=st.integers(0, 3), loose=st.integers(0, 40))
def test_whole_tiles_can_be_added_at_once(full: int, loose: int) -> None:
    hashes, frontier = leaves(full * TILE + loose), Frontier()
    for number in range(full):
        frontier.add(fold(hashes[number * TILE : (number + 1) * TILE]), 8)
    for leaf in hashes[full * TILE :]:
        frontier.add(leaf)
    assert (frontier.root, frontier.size) == (root_of(hashes), len(hashes))


@given(st.integers(1, 400), st.data())
def test_proofs_hold_for_any_sizes(new: int, data: st.DataObject) -> None:
    old, index = data.draw(st.integers(0, new)), data.draw(st.integers(0, new - 1))
    hashes = leaves(new)
    node = node_of(hashes)
    verify_consistency(
        old, new, consistency_proof(node, old, new), root(node, old), root(node, new)
    )
    verify_inclusion(hashes[index], index, new, inclusion_proof(node, index, new), root(node, new))


def test_nonsense_is_refused() -> None:
    node = node_of(LEAVES)
    assert root(node, 0) == EMPTY
    with pytest.raises(BadProof):
        inclusion_proof(node, 8, 8)
    with pytest.raises(BadProof):
        consistency_proof(node, 8, 7)
    with pytest.raises(BadProof):
        verify_inclusion(LEAVES[0], 1, 1, [], LEAVES[0])
    with pytest.raises(BadProof):
        verify_consistency(3, 2, [], EMPTY, EMPTY)
