#!/usr/bin/env python3
"""Checks a bundle of evidence offline, independently of `hustings verify`.

Written from the description of the formats (docs/evidence.md, C2SP tlog-tiles, signed-note and tlog-cosignature, RFC 6962)
and sharing no code with the program. Needs Python 3.11 and the package `cryptography` for Ed25519.

    proof/verify.py BUNDLE [--json] [--key VKEY] [--witness VKEY]...
    proof/verify.py --many FOLDER      one line for each bundle: name, exit code, problems, finding

Exit codes: 0 good, 1 something is missing or altered, 2 it cannot be read.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BUNDLE_BYTES_MAX = 256 * 1024 * 1024
BUNDLE_FILES_MAX = 10_000
RECORD_BYTES_MAX = 65_535
RECORD_DEPTH_MAX = 12
NOTE_BYTES_MAX = 32 * 1024
NOTE_SIGNATURES_MAX = 64
LOG_RECORDS_MAX = 2_200_000
MINUTES_MAX = 44_640
PROBLEMS_MAX = 1000
ROWS_MAX = 8
SOURCES_TOLD_MIN = 50
COARSE_STEP = 5
SKEW_SECONDS = 300
TILE = 256
FIGURE_MAX = 1_000_000_000_000
WEIGHTS = Path(__file__).with_name("weights.json")

# Figures that count people or what they do: in steps of five where fewer than fifty sources came.
COUNTS = """connections connections_refused tls_full tls_resumed tls_failed tickets challenges_passed challenges_failed asked requests
first_audio playlists came_30s dwell_30s abuse_http2 abuse_heads abuse_stalled abuse_datagrams abuse_bodies abuse_uploads abuse_api
vanished unavailable gate_admitted gate_stepped_down gate_waiting gate_refused gate_challenged gate_dropped following sources prefixes prefixes_new arrivals
listening following_now""".split()


class Unreadable(Exception):
    """The file is no bundle."""


class Malformed(Exception):
    """A part of the bundle is not of its form."""


# --- canonical JSON -------------------------------------------------------------------------------------------------


def encode(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def decode(raw):
    """The value of a text that is the only text of its value."""

    def no(_):
        raise Malformed("a number that is no integer")

    def pairs(items):
        if len({key for key, _ in items}) != len(items):
            raise Malformed("a key twice")
        return dict(items)

    if len(raw) > RECORD_BYTES_MAX:
        raise Malformed("too long")
    # Before a parser that recurses sees it.
    depth = deepest = 0
    inside = escaped = False
    for byte in raw:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    if deepest > RECORD_DEPTH_MAX:
        raise Malformed("too deep")
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_float=no, parse_constant=no, object_pairs_hook=pairs)
        same = encode(value) == text
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    if not same or not plain(value):
        raise Malformed("not canonical")
    return value


def plain(value):
    """Integers of 64 bits, texts without control characters, lists and maps alone."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, str):
        return all(c >= " " for c in value)
    if isinstance(value, list):
        return all(map(plain, value))
    return isinstance(value, dict) and all(plain(k) and plain(v) for k, v in value.items())


def at(value, *keys):
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def integer(value, *keys):
    found = at(value, *keys)
    return found if isinstance(found, int) else None


def text(value, *keys):
    found = at(value, *keys)
    return found if isinstance(found, str) else None


def listed(value, *keys):
    found = at(value, *keys)
    return found if isinstance(found, list) else []


def whole(digits):
    """A number written with digits alone, without a zero in front, below 2^64."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}", digits) or int(digits) >= 2**64:
        raise Malformed("no number")
    return int(digits)


# --- the archive ----------------------------------------------------------------------------------------------------


def octal(field):
    field = field.rstrip(b"\0 ")
    if not re.fullmatch(rb"[0-7]+", field):
        raise Unreadable("a header is damaged")
    return int(field, 8)


def is_name(name):
    return len(name) < 100 and re.fullmatch(r"[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*", name) is not None


def archive(raw):
    """The files of a small ustar, by name."""
    if len(raw) > BUNDLE_BYTES_MAX:
        raise Unreadable("too long")
    files, where = {}, 0
    while True:
        header = raw[where : where + 512]
        if len(header) < 512:
            raise Unreadable("cut short")
        if not any(header):
            break
        total = sum(header[:148]) + 8 * 32 + sum(header[156:])
        if header[156:157] != b"0" or header[257:263] != b"ustar\0" or any(header[345:]):
            raise Unreadable("not a plain file")
        if octal(header[148:156]) != total:
            raise Unreadable("a header is damaged")
        name, end, rest = header[:100].partition(b"\0")
        size = octal(header[124:136])
        if not end or any(rest) or size > BUNDLE_BYTES_MAX:
            raise Unreadable("a header is damaged")
        name = name.decode("utf-8", "replace")
        if not is_name(name) or name in files:
            raise Unreadable(f"the file name {name!r} is not taken")
        if len(files) >= BUNDLE_FILES_MAX:
            raise Unreadable("too many files")
        where += 512
        if where + size > len(raw):
            raise Unreadable("cut short")
        files[name] = raw[where : where + size]
        where += (size + 511) // 512 * 512
    if len(raw) - where < 1024:
        raise Unreadable("cut short")
    if any(raw[where:]):
        raise Unreadable("something follows the end")
    return files


def tile_path(level, number, width):
    groups = [f"{number % 1000:03}"]
    number //= 1000
    while number:
        groups.append(f"x{number % 1000:03}")
        number //= 1000
    return f"tile/{level}/" + "/".join(reversed(groups)) + ("" if width == TILE else f".p/{width}")


def belongs(name):
    if name in ("bundle.json", "checkpoint"):
        return True
    numbered = re.fullmatch(r"(?:checkpoints|receipts)/(.*)", name)
    if numbered:
        try:
            whole(numbered[1])
        except Malformed:
            return False
        return True
    tile = re.fullmatch(r"tile/(0|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?", name)
    if not tile:
        return False
    number = int(tile[2].replace("x", "").replace("/", ""))
    width = int(tile[3] or TILE)
    return 0 < width <= TILE and number < 2**64 and tile_path(tile[1], number, width) == name


def tiles(level, size):
    """Number, width and path of each tile of the lowest level, or of entries."""
    for number in range((size + TILE - 1) // TILE):
        width = min(TILE, size - number * TILE)
        yield number, width, tile_path(level, number, width)


# --- hashes, keys, notes --------------------------------------------------------------------------------------------


def sha256(raw):
    return hashlib.sha256(raw).digest()


class Tree:
    """Roots of the first so many leaves (RFC 6962, 2.1); each aligned subtree is hashed once."""

    def __init__(self, leaves):
        self.leaves, self.known = leaves, {}

    def root(self, size):
        return sha256(b"") if size == 0 else self.part(0, size)

    def part(self, begin, size):
        if size == 1:
            return self.leaves[begin]
        if (begin, size) not in self.known:
            left = 1 << (size - 1).bit_length() - 1
            hashed = sha256(b"\1" + self.part(begin, left) + self.part(begin + left, size - left))
            if size & (size - 1):
                return hashed
            self.known[begin, size] = hashed
        return self.known[begin, size]


def leaf(entry):
    return sha256(b"\0" + entry)


def unbase64(line):
    try:
        raw = base64.b64decode(line.encode("ascii"), validate=True)
    except ValueError as error:
        raise Malformed("no base64") from error
    if base64.b64encode(raw).decode() != line:
        raise Malformed("no base64")
    return raw


def is_key_name(name):
    return re.fullmatch(r"[!-*,-~]{1,200}", name) is not None


class Key:
    def __init__(self, vkey):
        parts = vkey.rstrip("\n").split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            raise Malformed("no key")
        self.text, self.name = vkey, parts[0]
        raw = unbase64(parts[2])
        if len(raw) != 33 or raw[0] not in (1, 4):
            raise Malformed("no key")
        self.kind = raw[0]
        self.id = sha256(self.name.encode() + b"\n" + raw)[:4]
        if self.id.hex() != parts[1]:
            raise Malformed("no key")
        self.raw = raw
        try:
            self.key = Ed25519PublicKey.from_public_bytes(raw[1:])
        except ValueError as error:
            raise Malformed("no key") from error

    def holds(self, signed, signature):
        try:
            self.key.verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class Note:
    def __init__(self, raw):
        if len(raw) > NOTE_BYTES_MAX:
            raise Malformed("too long")
        try:
            note = raw.decode("utf-8")
        except ValueError as error:
            raise Malformed("no UTF-8") from error
        if any(c < " " and c != "\n" for c in note) or "\n\n" not in note or not note.endswith("\n"):
            raise Malformed("no note")
        cut = note.rindex("\n\n")
        self.text = note[: cut + 1]
        lines = note[cut + 2 :]
        if not lines.endswith("\n"):
            raise Malformed("no note")
        lines = lines[:-1].split("\n")
        if len(lines) > NOTE_SIGNATURES_MAX:
            raise Malformed("too many signatures")
        self.signatures = []
        for line in lines:
            parts = line.removeprefix("— ").split(" ", 1)
            if not line.startswith("— ") or len(parts) != 2 or not is_key_name(parts[0]):
                raise Malformed("no signature")
            raw = unbase64(parts[1])
            if len(raw) < 5:
                raise Malformed("no signature")
            self.signatures.append((parts[0], raw[:4], raw[4:]))

    def of(self, key, kind):
        return [s for name, of, s in self.signatures if key.kind == kind and name == key.name and of == key.id]

    def signed_by(self, key):
        lines = self.of(key, 1)
        return bool(lines) and all(key.holds(self.text.encode(), line) for line in lines)

    def cosigned_by(self, key):
        """The time of the last line, `None` without one; `Malformed` if one does not hold."""
        time = None
        for line in self.of(key, 4):
            if len(line) < 8:
                raise Malformed("cosignature")
            time = int.from_bytes(line[:8], "big")
            if not key.holds(f"cosignature/v1\ntime {time}\n{self.text}".encode(), line[8:]):
                raise Malformed("cosignature")
        return time


class Checkpoint:
    def __init__(self, raw):
        self.note = Note(raw)
        lines = self.note.text.split("\n")
        if len(lines) < 3 or not lines[0]:
            raise Malformed("no checkpoint")
        self.origin, self.size, self.root = lines[0], whole(lines[1]), unbase64(lines[2])
        if len(self.root) != 32:
            raise Malformed("no checkpoint")


def entries(raw):
    found, where = [], 0
    while where + 2 <= len(raw):
        size = int.from_bytes(raw[where : where + 2], "big")
        if where + 2 + size > len(raw):
            raise Malformed("no entries")
        found.append(raw[where + 2 : where + 2 + size])
        where += 2 + size
    if where != len(raw) or len(found) > TILE:
        raise Malformed("no entries")
    return found


# --- the verdict ----------------------------------------------------------------------------------------------------


def divide(a, b):
    """Towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def bound(n, most=FIGURE_MAX):
    return max(-most, min(most, n))


def added(names, figures):
    total = 0
    for name in names:
        minus = name.startswith("-")
        value = figures.get(name[1:] if minus else name)
        if value is None:
            return None
        total = bound(total + (-1 if minus else 1) * bound(value))
    return total


def contribution(term, figures):
    over, under = added(term["of"], figures), added(term["per"], figures)
    if over is None or under is None:
        return 0
    if (under if term["per"] else over) < term["least"]:
        return 0
    value = bound(divide(over * 1000, max(under, 1)) if term["per"] else over)
    low, high = bound(term["low"]), bound(term["high"])
    if low == high:
        ramp = 1000 if value >= low else 0
    else:
        sign = 1 if high > low else -1
        ramp = max(0, min(1000, divide((value - low) * sign * 1000, (high - low) * sign)))
    return divide(bound(term["weight"], 100_000) * ramp, 1000)


CLASSES = ("crowd", "attack", "own_fault", "upstream")


def read_weights(value):
    """The published weights; `None` if they cannot be read."""
    thresholds = ("crowd", "attack", "own_fault", "upstream", "alone")
    if any(integer(value, key) is None for key in thresholds):
        return None
    if at(value, "terms") is None:
        return None
    terms = []
    for term in listed(value, "terms"):
        if any(integer(term, key) is None for key in ("low", "high", "weight", "least")) or text(term, "class") is None:
            return None
        if any(at(term, key) is None for key in ("of", "per")):
            return None
        if any(not isinstance(name, str) for key in ("of", "per") for name in listed(term, key)):
            return None
        terms.append({key: term[key] for key in ("class", "low", "high", "weight", "least")}
                     | {key: listed(term, key) for key in ("of", "per")})
    return {key: value[key] for key in thresholds} | {"terms": terms}


def decide(scores, weights):
    is_attack, is_crowd = scores["attack"] >= weights["attack"], scores["crowd"] >= weights["crowd"]
    if is_attack:
        verdict = "both" if is_crowd else "attack"
    elif scores["own_fault"] >= weights["own_fault"]:
        verdict = "own fault"
    elif scores["upstream"] >= weights["upstream"]:
        verdict = "upstream"
    else:
        verdict = "crowd" if is_crowd else "not enough evidence"
    return scores | {"verdict": verdict}


def of_minute(figures, weights):
    scores = {name: sum(contribution(t, figures) for t in weights["terms"] if t["class"] == name) for name in CLASSES}
    return decide(scores, weights)


def of_event(minutes, weights):
    def strongest(name):
        best = sorted((m[name] for m in minutes), reverse=True)
        if len(best) < 2:
            return best[0] if best else 0
        return best[0] if best[0] >= weights["alone"] else best[1]

    return decide({name: strongest(name) for name in CLASSES}, weights)


# --- the check ------------------------------------------------------------------------------------------------------


class Check:
    def __init__(self, raw, key=None, witnesses=()):
        self.files = archive(raw)
        for name in self.files:
            if not belongs(name):
                raise Unreadable(f"the file {name!r} does not belong into a bundle")
        try:
            manifest = decode(self.files["bundle.json"])
        except (KeyError, Malformed) as error:
            raise Unreadable("bundle.json is absent or damaged") from error
        if integer(manifest, "v") != 1:
            raise Unreadable("another version")
        self.slug, self.vkey = text(manifest, "slug"), text(manifest, "key")
        self.first, self.last = integer(manifest, "first"), integer(manifest, "last")
        if None in (self.slug, self.vkey, self.first, self.last) or not 0 <= self.first <= self.last:
            raise Unreadable("bundle.json is damaged")
        self.trusted, self.witnesses = key, list(witnesses)
        self.problems, self.facts, self.minutes, self.finding = set(), [], 0, None
        self.run()

    def problem(self, code, where):
        self.problems.add((code, where))

    def run(self):
        try:
            key = Key(self.vkey)
        except Malformed:
            return self.problem("key", "bundle.json")
        if self.trusted and self.trusted.raw + self.trusted.name.encode() != key.raw + key.name.encode():
            self.problem("key", "bundle.json")
        if "checkpoint" not in self.files:
            return self.problem("missing", "checkpoint")
        try:
            last = Checkpoint(self.files["checkpoint"])
            if last.size > LOG_RECORDS_MAX:
                raise Malformed("too large")
        except Malformed:
            return self.problem("malformed", "checkpoint")
        self.signature(last, key, "checkpoint")
        tree = self.tree(last.size)
        if tree and tree.root(last.size) != last.root:
            self.problem("root", "checkpoint")
        if self.last >= last.size:
            return self.problem("malformed", "bundle.json")
        records = self.records(tree, last.size)
        seen = self.history(key, last, tree, records)
        self.story(records, seen, last.size)

    def signature(self, checkpoint, key, where):
        if checkpoint.note.signed_by(key) and checkpoint.origin == key.name:
            return True
        self.problem("signature", where)
        return False

    def tree(self, size):
        leaves, complete = [], True
        for _, width, path in tiles("0", size):
            raw = self.files.get(path)
            if raw is None or len(raw) != 32 * width:
                self.problem("missing" if raw is None else "malformed", path)
                complete = False
            else:
                leaves += [raw[n : n + 32] for n in range(0, len(raw), 32)]
        return Tree(leaves) if complete else None

    def records(self, tree, size):
        found = []
        for number, width, path in tiles("entries", size):
            if not self.first // TILE <= number <= self.last // TILE:
                continue
            if path not in self.files:
                self.problem("missing", path)
                continue
            try:
                bundle = entries(self.files[path])
                if len(bundle) != width:
                    raise Malformed("not so many")
            except Malformed:
                self.problem("malformed", path)
                continue
            for index, entry in enumerate(bundle, number * TILE):
                if tree and tree.leaves[index] != leaf(entry):
                    self.problem("altered", f"record {index}")
                if not self.first <= index <= self.last:
                    continue
                try:
                    found.append((index, decode(entry)))
                except Malformed:
                    self.problem("record", f"record {index}")
        return found

    def history(self, key, last, tree, records):
        keys = [key]
        for _, record in records:
            if text(record, "kind") == "key":
                try:
                    keys.append(Key(text(record, "old") or ""))
                except Malformed:
                    pass
        good = [("checkpoint", last)]
        for path in sorted(name for name in self.files if name.startswith("checkpoints/")):
            try:
                earlier = Checkpoint(self.files[path])
                if earlier.size != int(path.removeprefix("checkpoints/")):
                    raise Malformed("another size")
            except Malformed:
                self.problem("malformed", path)
                continue
            by = next((known for known in keys if earlier.note.signed_by(known)), key)
            if not self.signature(earlier, by, path):
                continue
            if earlier.size > last.size or tree and tree.root(earlier.size) != earlier.root:
                self.problem("fork", path)
            else:
                good.append((path, earlier))
        witnesses = list(self.witnesses)
        for vkey in listed(records[0][1], "witnesses") if records else []:
            try:
                witness = Key(vkey)
            except (Malformed, AttributeError):
                continue
            if all((known.raw, known.name) != (witness.raw, witness.name) for known in witnesses):
                witnesses.append(witness)
        for where, checkpoint in good:
            lines = checkpoint.note.signatures
            known = [(k.name, k.id) for k in keys if k.kind == 1] + [(w.name, w.id) for w in witnesses if w.kind == 4]
            if any((name, of) not in known for name, of, _ in lines):
                self.problem("cosignature", where)
        seen = []
        for witness in witnesses:
            best = None
            for where, checkpoint in good:
                try:
                    time = checkpoint.note.cosigned_by(witness)
                except Malformed:
                    self.problem("cosignature", where)
                    continue
                if time is not None:
                    seen.append((checkpoint.size, time))
                    best = max(best or (0, 0), seen[-1])
            if best:
                self.facts.append(f"witness {witness.name} saw the log with {best[0]} records at {best[1]}")
        return seen

    def about(self, record):
        return text(record, "slug") == self.slug or at(record, "conversations", self.slug) is not None

    def story(self, records, seen, size):
        opening = None
        if records and records[0][0] == self.first and self.about(records[0][1]) and text(records[0][1], "kind") == "opening":
            opening = records[0][1]
        else:
            self.problem("opening", "conversation")
        weights = read_weights(at(opening, "weights")) if opening else None
        if opening and weights is None:
            self.problem("weights", "conversation")
        if weights is None:
            weights = read_weights(json.loads(WEIGHTS.read_text()))
        is_standard = encode(weights) == WEIGHTS.read_text().strip()
        self.facts.append("the weights are " + ("the standard ones" if is_standard else "the operator's own"))
        self.known, self.scores, self.ends = set(), [], None
        for index, record in records:
            self.record(index, record, weights, seen)
        self.complete(opening, size)
        self.minutes = len(self.known)
        self.finding = of_event(self.scores, weights) if self.scores else None

    def record(self, index, record, weights, seen):
        where, about, kind = f"record {index}", self.about(record), text(record, "kind") or ""
        if integer(record, "v") != 1:
            self.problem("record", where)
        elif kind == "opening" and about and index != self.first:
            self.problem("order", where)
        elif kind == "minute" and about:
            self.minute(index, where, record, weights, seen)
        elif kind == "closing" and about:
            self.closing(where, record, weights)
        elif kind == "probe":
            self.probe(where, record)
        elif kind not in ("opening", "minute", "closing", "start", "key"):
            self.problem("record", where)

    def minute(self, index, where, record, weights, seen):
        minute, figures = integer(record, "minute"), at(record, "features")
        if minute is None or not isinstance(figures, dict) or any(not isinstance(v, int) for v in figures.values()):
            return self.problem("record", where)
        finding = of_minute(figures, weights)
        if at(record, "finding") != finding:
            self.problem("finding", where)
        if self.ends is not None or self.known and max(self.known) >= minute:
            self.problem("order", where)
        rows, few = listed(record, "prefixes_permille"), figures.get("sources", 0) < SOURCES_TOLD_MIN
        fine = any(figures.get(name, 0) % COARSE_STEP for name in COUNTS)
        if len(rows) > ROWS_MAX or few and (rows or fine):
            self.problem("suppression", where)
        before = [time for covered, time in seen if covered <= index]
        after = [time for covered, time in seen if covered > index]
        begins = minute * 60
        if before and begins + 60 + SKEW_SECONDS < max(before) or after and begins - SKEW_SECONDS > min(after):
            self.problem("backdated", where)
        path = f"receipts/{minute}"
        if path in self.files:
            raw = self.files[path]
            all_of = [leaf(raw[n : n + 32]) for n in range(0, len(raw), 32)]
            stated = text(record, "receipts", "root")
            if len(raw) % 32 or integer(record, "receipts", "count") != len(all_of) or Tree(all_of).root(len(all_of)).hex() != stated:
                self.problem("receipts", path)
        self.known.add(minute)
        self.scores.append(finding)

    def closing(self, where, record, weights):
        time, minutes = integer(record, "time"), integer(record, "minutes")
        if time is None or minutes is None:
            return self.problem("record", where)
        if self.ends is not None:
            return self.problem("order", where)
        self.ends = time // 60
        if minutes != len(self.known):
            self.problem("minutes", where)
        if at(record, "finding") != of_event(self.scores, weights):
            self.problem("finding", where)

    def complete(self, opening, size):
        if self.ends is None and self.last + 1 < size:
            self.problem("cut", f"record {self.last}")
        time = integer(opening, "time") if opening else None
        begins = time // 60 if time is not None else min(self.known, default=None)
        ends = max([*self.known, *([self.ends] if self.ends is not None else [])], default=None)
        if begins is None or ends is None:
            return
        if ends - begins >= MINUTES_MAX:
            return self.problem("minutes", "conversation")
        for minute in range(begins, ends + 1):
            if minute not in self.known:
                self.problem("missing_minute", f"minute {minute}")

    def probe(self, where, record):
        lines = "".join(f"{line}\n" for line in listed(record, "note") if isinstance(line, str))
        try:
            if not Note(lines.encode()).signed_by(Key(text(record, "key") or "")):
                raise Malformed("unsigned")
        except Malformed:
            self.problem("probe", where)

    def sorted_problems(self):
        return sorted(self.problems)[:PROBLEMS_MAX]


def summary(raw, key=None, witnesses=()):
    try:
        check = Check(raw, key, witnesses)
    except Unreadable as error:
        return 2, [("unreadable", "")], str(error), None
    return int(bool(check.problems)), check.sorted_problems(), check.finding, check


def main(arguments):
    if arguments[:1] == ["--many"] and len(arguments) == 2:
        for path in sorted(Path(arguments[1]).iterdir()):
            if path.suffix != ".tar":
                continue
            code, problems, finding, _ = summary(path.read_bytes())
            verdict = finding["verdict"] if isinstance(finding, dict) else "none"
            print(path.name, code, ";".join(f"{c} {w}".strip() for c, w in problems), verdict, sep="\t")
        return 0
    as_json, key, witnesses, paths = False, None, [], []
    rest = iter(arguments)
    try:
        for argument in rest:
            if argument == "--json":
                as_json = True
            elif argument == "--key":
                key = Key(next(rest))
            elif argument == "--witness":
                witnesses.append(Key(next(rest)))
            elif argument.startswith("-"):
                raise ValueError
            else:
                paths.append(argument)
        (path,) = paths
        with open(path, "rb") as file:
            raw = file.read(BUNDLE_BYTES_MAX + 1)
    except (Malformed, StopIteration, ValueError, RuntimeError):
        print("usage: verify.py BUNDLE [--json] [--key VKEY] [--witness VKEY]...", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 2
    code, problems, finding, check = summary(raw, key, witnesses)
    if check is None:
        print(f"verify.py: this is no bundle: {finding}", file=sys.stderr)
        return 2
    if as_json:
        told = [{"code": c, "at": w} for c, w in problems]
        print(encode({"good": 1 - code, "conversation": check.slug, "minutes": check.minutes, "problems": told,
                      "finding": finding or "none", "facts": check.facts}))
    else:
        print("good: nothing is missing or altered" if not problems else "NOT GOOD: something is missing or altered")
        for c, w in problems:
            print(f"  {c}: {w}")
        for fact in check.facts:
            print(f"  {fact}")
        if finding:
            print(f"finding, recomputed over {check.minutes} minutes: {finding['verdict']}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
