#!/usr/bin/env python3
"""Check Fengqiao case files offline, with nothing but Python's standard library.

    verify_case_file.py [--key HEX] FILE...

Written from docs/case-file.md alone, as a second opinion on `fengqiao verify`: it makes the same findings under the same
codes. HEX is the office's published public key (64 hexadecimal digits); without it, compare the fingerprint by eye.
Ends with 0 when every file holds, 1 when one does not, 2 when it was called wrongly.
"""

import hashlib
import json
import re
import struct
import sys
import zlib

FILE_MAX, MEMBER_MAX, MEMBERS_MAX, NAME_MAX = 2_147_483_647, 2_000_000_000, 10_000, 240
ID_MAX, STATEMENT_MAX, ENTRIES_MAX = 200, 4_096, 1_000_000
ENTRIES = "entries/entries.jsonl"
ALWAYS = ["README.txt", "copy.json", "copy.sig", ENTRIES, "manifest.json", "seal.json", "seal.pub", "seal.sig"]
UNLISTED = ["copy.json", "copy.sig", "manifest.json"]
PROOF = b',"proof":['
KEY_WRAPPING = bytes.fromhex("302a300506032b6570032100")
NOT_PLAIN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HEX = re.compile("[0-9a-f]{64}")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 (RFC 8032), strict: points and numbers written in one way, no point of small order -----------------------

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data):
    """The point written in 32 bytes, as (X, Y, Z, T), or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, p)
        p, n = add(p, p), n >> 1
    return result


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE = point(bytes.fromhex("58" + "66" * 31))


def signed(key, message, signature):
    if len(signature) != 64:
        return False
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or any(same(times(8, p), (0, 1, 1, 0)) for p in (a, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(k, a)))


# --- The archive -----------------------------------------------------------------------------------------------------


class Unreadable(Exception):
    pass


def is_plain(text, limit):
    return 1 <= len(text.encode("utf-8", "surrogatepass")) <= limit and not NOT_PLAIN.search(text)


def is_safe(name):
    segments = name.split("/")
    return (is_plain(name, NAME_MAX) and not set(name) & set('\\:*?"<>|')
            and all(s not in ("", ".", "..") and s[-1] not in ". " for s in segments))


def checked(data, before, name_at, name_length, start, size):
    """The member (name, content) whose local header begins at `start`."""
    content = start + 30 + name_length
    if size > MEMBER_MAX or name_at + name_length > len(data) or content + size > len(data):
        raise Unreadable(f"at byte {start}: it ends too early")
    try:
        name = data[name_at:name_at + name_length].decode()
    except UnicodeDecodeError:
        raise Unreadable(f"at byte {start}: a name is not UTF-8") from None
    if not is_safe(name):
        raise Unreadable(f"the name {name!r} is unsafe")
    if before is not None:
        a, b = before.encode(), name.encode()
        if not a < b or a.lower() == b.lower() or b.startswith(a + b"/"):
            raise Unreadable(f"the name {name!r} clashes")
    return name, data[content:content + size]


def by_directory(data):
    end = len(data) - 22
    if end < 0 or data[end:end + 4] != b"PK\5\6":
        raise Unreadable("it ends too early or its end is damaged")
    count, directory = struct.unpack_from("<H4xL", data, end + 10)
    if directory > end or count > MEMBERS_MAX:
        raise Unreadable("its end is damaged or it holds too many files")
    members, record, start, before = [], directory, 0, None
    for _ in range(count):
        if data[record:min(record + 4, end)] != b"PK\1\2":
            raise Unreadable("the list of files is damaged")
        size, length, _, _, _, _, _, stated = struct.unpack_from("<LHHHHHLL", data, record + 24)
        member = checked(data, before, record + 46, length, start, size)
        if stated != start or start + 30 + length + size > directory:
            raise Unreadable("the files do not lie one after the other")
        members.append(member)
        before, record, start = member[0], record + 46 + length, start + 30 + length + size
    if record != end or start != directory or not members:
        raise Unreadable("there are bytes that belong to no file")
    return members


def by_walking(data):
    members, start, before = [], 0, None
    while data[start:start + 4] == b"PK\3\4":
        if start + 28 > len(data) or len(members) == MEMBERS_MAX:
            raise Unreadable("it ends too early or holds too many files")
        size, length = struct.unpack_from("<LH", data, start + 22)
        members.append(checked(data, before, start + 30, length, start, size))
        before, start = members[-1][0], start + 30 + length + size
    if not members:
        raise Unreadable("it does not begin as a case file does")
    return members


def open_archive(data):
    if len(data) > FILE_MAX:
        raise Unreadable("it is too large")
    try:
        return by_directory(data)
    except (Unreadable, struct.error) as error:
        try:
            return by_walking(data)
        except (Unreadable, struct.error):
            raise Unreadable(str(error)) from None


def flaws(data, members):
    """Where the archive is not as it would be written: names of members, and None for the end."""
    found, records, at = [], [], 0
    for name, content in members:
        raw = name.encode()
        shared = struct.pack("<HHHHHLLLHH", 10, 0x0800, 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(raw), 0)
        header = b"PK\3\4" + shared + raw
        record = b"PK\1\2" + struct.pack("<H", 20) + shared + bytes(10) + struct.pack("<L", at) + raw
        records.append((name, data[at:at + len(header)] == header, record))
        at += len(header) + len(content)
    directory = at
    for name, fits, record in records:
        if not fits or data[at:at + len(record)] != record:
            found.append(name)
        at += len(record)
    if data[at:] != b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, len(members), len(members), at - directory, directory, 0):
        found.append(None)
    return found


# --- Statements ------------------------------------------------------------------------------------------------------


def is_hex(value):
    return type(value) is str and HEX.fullmatch(value) is not None


def is_number(value, low=0, high=2**64 - 1):
    return type(value) is int and low <= value <= high


def is_id(value):
    return type(value) is str and is_plain(value, ID_MAX)


def read(data, is_shaped, limit=FILE_MAX):
    """The JSON in these bytes, if it has the shape and is written in the one way."""
    try:
        value = json.loads(data.decode()) if len(data) <= limit else None
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return value if written == data and is_shaped(value) else None
    except (ValueError, RecursionError):
        return None


def has(value, *keys):
    return type(value) is dict and list(value) == list(keys)


def is_seal(v):
    return (has(v, "format", "hearing", "stream", "sealed_at", "entries", "root", "chain")
            and v["format"] == "fengqiao-seal/1" and is_id(v["hearing"]) and is_id(v["stream"])
            and is_number(v["sealed_at"], -2**63, 2**63 - 1) and is_number(v["entries"])
            and is_hex(v["root"]) and is_hex(v["chain"]))


def is_copy(v):
    return (has(v, "format", "copy", "seal", "manifest") and v["format"] == "fengqiao-copy/1"
            and is_hex(v["seal"]) and is_hex(v["manifest"])
            and (v["copy"] in ("whole", "main")
                 or has(v["copy"], "own") and has(v["copy"]["own"], "seat") and is_id(v["copy"]["own"]["seat"])))


def is_manifest(v):
    def is_listed(f):
        return (has(f, "path", "volume", "size", "sha256") and type(f["path"]) is str and type(f["volume"]) is str
                and is_number(f["size"]) and is_hex(f["sha256"]))
    if not (has(v, "format", "files") and v["format"] == "fengqiao-manifest/1" and type(v["files"]) is list
            and all(map(is_listed, v["files"]))):
        return False
    paths = [f["path"].encode() for f in v["files"]]
    return all(a < b for a, b in zip(paths, paths[1:]))


def is_line(v):
    kinds = {"number": is_number, "commitment": is_hex, "salt": is_hex, "content": lambda c: type(c) is str}
    return (type(v) is dict and list(v) == [k for k in kinds if k in v] and "number" in v and "commitment" in v
            and all(kinds[k](v[k]) for k in v))


# --- The findings ----------------------------------------------------------------------------------------------------


class Report:
    def __init__(self):
        self.findings = []

    def good(self, code, sentence):
        self.findings.append((True, code, "", sentence))

    def bad(self, code, path, sentence):
        self.findings.append((False, code, path or "", sentence))

    def holds(self):
        return bool(self.findings) and all(finding[0] for finding in self.findings)


def verify(data, expected=None):
    report = Report()
    try:
        members = open_archive(data)
    except Unreadable as error:
        report.bad("archive.unreadable", None, f"not a readable case file: {error}")
        return report
    found = flaws(data, members)
    for path in found:
        if path is None:
            report.bad("archive.end", None, "the end of the archive was changed or cut")
        else:
            report.bad("archive.header", path, f"the header or checksum of {path} does not fit its content")
    if not found:
        report.good("archive", "every byte of the archive is as the format has it")
    members = dict(members)
    for path in members:
        if path not in ALWAYS and not path.startswith(("main/", "confidential/")):
            report.bad("file.misplaced", path, f"{path} belongs to no volume of a case file")
    for path in ALWAYS:
        if path not in members:
            report.bad("file.missing", path, f"{path} is missing")
    key = check_key(report, members, expected)
    seal = check_statement(report, members, key, "seal", is_seal)
    copy = check_statement(report, members, key, "copy", is_copy)
    if copy and ("seal.json" not in members or sha(members["seal.json"]).hex() != copy["seal"]):
        report.bad("copy.other-seal", "copy.json", "copy.json speaks of another seal than the one in this file")
    check_files(report, members, copy)
    check_entries(report, members, seal)
    return report


def check_key(report, members, expected):
    wrapped = members.get("seal.pub")
    if wrapped is None:
        return None
    if len(wrapped) != 44 or not wrapped.startswith(KEY_WRAPPING):
        report.bad("key.unreadable", "seal.pub", "the public key is damaged")
        return None
    key = wrapped[12:]
    digits = sha(key).hex()[:32]
    fingerprint = " ".join(digits[n:n + 4] for n in range(0, 32, 4))
    if expected is None:
        report.good("key.shown", f"the signing key has the fingerprint {fingerprint}; compare it with the published one")
    elif expected == key:
        report.good("key.expected", f"the signing key is the expected one, fingerprint {fingerprint}")
    else:
        report.bad("key.unexpected", "seal.pub", f"the signing key (fingerprint {fingerprint}) is not the expected one")
    return key


def check_statement(report, members, key, what, is_shaped):
    path, data, signature = f"{what}.json", members.get(f"{what}.json"), members.get(f"{what}.sig")
    holds = None not in (data, signature, key) and signed(key, data, signature)
    if None not in (data, signature, key) and not holds:
        report.bad(f"{what}.forged", path, f"the signature of {path} does not hold")
    if data is None:
        return None
    statement = read(data, is_shaped, STATEMENT_MAX)
    if statement is None:
        report.bad("statement.unreadable", path, f"{path} is not a statement as the format writes it")
    elif holds:
        report.good(what, f"the signature holds: {data.decode()}")
    return statement


def check_files(report, members, copy):
    if copy and copy["copy"] != "whole":
        for path in members:
            if path.startswith("confidential/"):
                report.bad("file.confidential", path, f"{path} may not be in this copy")
    data = members.get("manifest.json")
    if data is None:
        return
    if copy and copy["manifest"] != sha(data).hex():
        report.bad("manifest.changed", "manifest.json", "manifest.json is not the one that copy.json signs")
    manifest = read(data, is_manifest)
    if manifest is None:
        report.bad("statement.unreadable", "manifest.json", "manifest.json is not a manifest as the format writes it")
        return
    sound, listed = True, {f["path"]: f for f in manifest["files"]}
    for path, line in listed.items():
        content, folder = members.get(path), path.split("/")[0]
        volume = folder if "/" in path and folder in ("main", "confidential", "entries") else "cover"
        if content is None and path not in ALWAYS:
            report.bad("file.missing", path, f"{path!r} is missing")
            sound = False
        elif content is not None and (line["volume"], line["size"], line["sha256"]) != (volume, len(content), sha(content).hex()):
            report.bad("file.changed", path, f"{path!r} was changed")
            sound = False
    for path in members:
        if path not in listed and path not in UNLISTED:
            report.bad("file.extra", path, f"{path} is not in the manifest")
            sound = False
    if sound:
        report.good("files", f"{len(listed)} files are as the manifest lists them")


def check_entries(report, members, seal):
    data = members.get(ENTRIES)
    if data is None:
        return

    def bad(code, sentence):
        report.bad(code, ENTRIES, sentence)

    before, due, lines, unproven = len(report.findings), 1, [], 0
    if not data.endswith(b"\n"):
        bad("entries.unreadable", "the file of entries is incomplete")
    for place, text in enumerate(data[:-1].split(b"\n") if data.endswith(b"\n") else []):
        if place == ENTRIES_MAX:
            bad("entries.unreadable", "there are too many entries")
            break
        text, mark, proof = text.partition(PROOF)
        line = read(text + b"}" if mark else text, is_line)
        if line is None:
            bad("entry.unreadable", f"entry {due} is damaged and cannot be read")
            due += 1
            continue
        number, parts = line["number"], ["salt" in line, "content" in line, bool(mark)]
        if number > due:
            bad("entry.missing", f"entries {due} to {number - 1} are missing")
        elif number < due:
            bad("entry.moved", f"entry {number} stands twice or was moved")
        if any(parts) and not all(parts):
            bad("entry.unreadable", f"entry {number} lacks one of content, salt and proof")
        elif all(parts) and sha(bytes.fromhex(line["salt"]), line["content"].encode()).hex() != line["commitment"]:
            bad("entry.changed", f"entry {number} was changed: it does not fit its commitment")
        due = min(number + 1, 2**64 - 1)
        line["proof"] = mark + proof
        lines.append(line)
    sound = len(report.findings) == before

    leaves = [bytes.fromhex(line["commitment"]) for line in lines]
    rows = [[sha(b"\0", leaf) for leaf in leaves]]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([sha(b"\1", *row[n:n + 2]) if n + 1 < len(row) else row[n] for n in range(0, len(row), 2)])
    root = rows[-1][0] if leaves else sha(b"")
    for place, line in enumerate(lines):
        sisters = [(row, (place >> height) ^ 1) for height, row in enumerate(rows)]
        digests = [row[n].hex() for row, n in sisters if n < len(row)]
        if "content" in line and line["proof"] != PROOF + json.dumps(digests, separators=(",", ":"))[1:].encode() + b"}":
            bad("entry.unproven", f"the proof of entry {line['number']} does not hold")
            unproven += 1
    if seal:
        chain = sha(seal["stream"].encode())
        for leaf in leaves:
            chain = sha(chain, leaf)
        if len(leaves) != seal["entries"]:
            bad("entries.count", f"{seal['entries']} entries were sealed, {len(leaves)} are here")
        if root.hex() != seal["root"]:
            bad("entries.root", "the entries do not lead to the sealed root")
        if chain.hex() != seal["chain"]:
            bad("entries.chain", "the entries do not lead to the sealed end of the chain")
        if sound and root.hex() == seal["root"] and chain.hex() == seal["chain"]:
            report.good("entries", f"all {len(leaves)} entries are there, in order, as they were sealed")
    if sound and not unproven:
        withheld = [line["number"] for line in lines if "content" not in line]
        report.good("entries.shown", f"{len(lines) - len(withheld)} entries are shown; each fits its commitment and proof")
        if withheld:
            report.good("entries.withheld", f"withheld, with only their commitments here: {withheld}")


def main(arguments):
    expected = None
    if arguments[:1] == ["--key"]:
        digits = "".join(arguments[1:2]).lower()
        if not HEX.fullmatch(digits):
            print(__doc__, file=sys.stderr)
            return 2
        expected, arguments = bytes.fromhex(digits), arguments[2:]
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    all_hold = True
    for path in arguments:
        with open(path, "rb") as file:
            report = verify(file.read(), expected)
        for holds, code, inside, sentence in report.findings:
            print(f"{'holds' if holds else 'BROKEN'}\t{code}\t{inside}\t{sentence}")
        print(f"{path}: {'the file holds' if report.holds() else 'THE FILE DOES NOT HOLD'}")
        all_hold &= report.holds()
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
