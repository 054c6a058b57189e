#!/usr/bin/env python3
"""Recomputes the order in which a queue was let in, from what was published: proof/lottery.py LOTTERY.json [PLACE]

LOTTERY.json is what GET /c/SLUG/lottery.json answers after the draw: commitment, seed, root, and the places, each as
[number, second, id]. The program checks that the seed is the one that was committed to and that the root is that of the
places, and prints the rank of each place, or of the one whose text is given. Standard library alone, so that it can be read.
"""
import hashlib
import json
import sys


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def commitment(seed):
    return sha256(b"hustings lottery seed v1\0", seed)


def place_id(text):
    return sha256(b"hustings place v1\0", text.encode())[:16]


def leaf(number, second, place):
    return sha256(b"\0", number.to_bytes(8, "big"), second.to_bytes(8, "big"), place)


def root(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return sha256()
    level = list(leaves)
    while len(level) > 1:
        pairs = [sha256(b"\1", level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def rank(seed, tree_root, count, number):
    """A Feistel network of seven rounds over the next even number of bits, walked until it falls below the count."""
    key = sha256(b"hustings lottery draw v1\0", seed, tree_root, count.to_bytes(8, "big"))
    half = max(1, (max(count - 1, 0).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    at = number
    while True:
        left, right = at >> half, at & mask
        for turn in range(7):
            word = int.from_bytes(sha256(key, bytes([turn]), right.to_bytes(8, "big"))[:8], "big")
            left, right = right, left ^ (word & mask)
        at = left << half | right
        if at < count:
            return at


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.splitlines()[0])
    published = json.load(open(sys.argv[1]))
    if published.get("seed") is None:
        sys.exit("the order is not drawn yet: the seed is revealed at the start")
    seed = bytes.fromhex(published["seed"])
    places = sorted((number, second, bytes.fromhex(place)) for number, second, place in published["places"])
    if commitment(seed).hex() != published["commitment"]:
        sys.exit("the seed is not the one that was committed to")
    if [number for number, _, _ in places] != list(range(len(places))):
        sys.exit("the numbers of the places have gaps")
    tree_root = root([leaf(*place) for place in places])
    if tree_root.hex() != published["root"]:
        sys.exit("the root is not that of the places")
    wanted = place_id(sys.argv[2]) if len(sys.argv) == 3 else None
    found = False
    for number, _, place in places:
        if wanted in (None, place):
            found = True
            print(number, place.hex(), rank(seed, tree_root, len(places), number))
    if not found:
        sys.exit("that place took no part in the lottery: it was given after the draw, or elsewhere")


def check():
    """The figures that core/gate asserts of its own."""
    leaves = [leaf(n, 1_800_000_000 + n // 3, place_id(f"place {n}")) for n in range(10)]
    seed, tree_root = bytes([3] * 32), root(leaves)
    return commitment(seed).hex()[:16], tree_root.hex()[:16], [rank(seed, tree_root, 10, n) for n in range(10)]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        print(*check())
    else:
        main()
