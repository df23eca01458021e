#!/usr/bin/env python3
"""Check Fengqiao case files offline, with nothing but Python's standard library.

    verify_case_file.py [--key HEX] [--sm2-key HEX] FILE...

Written from docs/case-file.md alone, as a second opinion on `fengqiao verify`: it makes the same findings under the same
codes. HEX are the office's published public keys (64 hexadecimal digits, of the SM2 key 128) or their fingerprints (32);
without them, compare the fingerprints by eye.
Ends with 0 when every file holds, 1 when one does not, 2 when it was called wrongly or a file cannot be read.
"""

import functools
import hashlib
import json
import re
import struct
import sys
import zlib

FILE_MAX, MEMBER_MAX, MEMBERS_MAX, NAME_MAX = 2_147_483_647, 2_000_000_000, 10_000, 240
ID_MAX, STATEMENT_MAX, ENTRIES_MAX, DEPTH_MAX = 200, 4_096, 1_000_000, 64
ENTRIES = "entries/entries.jsonl"
ALWAYS = ["README.txt", "copy-sm2.sig", "copy.json", "copy.sig", ENTRIES, "manifest.json",
          "seal-sm2.pub", "seal-sm2.sig", "seal.json", "seal.pub", "seal.sig"]
UNLISTED = ["copy.json", "copy.sig", "copy-sm2.sig", "manifest.json"]
RECORD, NAMED_MAX = "main/record.jsonl", 100
PROOF = b',"proof":['
MARKS = [rb'\"record\"', rb"\\u"]
KEY_WRAPPING = bytes.fromhex("302a300506032b6570032100")
SM2_WRAPPING = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
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


@functools.lru_cache(64)  # copies of one hearing carry the same seal
def signed(key, message, signature):
    if len(signature) != 64:
        return False
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or any(same(times(8, p), (0, 1, 1, 0)) for p in (a, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(k, a)))


# --- SM3 (GB/T 32905) and SM2 (GB/T 32918), the identity being the usual 1234567812345678 ------------------------------

SM_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM_G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def sm3(data):
    def turn(x, n):
        n %= 32
        return (x << n | x >> 32 - n) & 0xFFFFFFFF

    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    data += b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for start in range(0, len(data), 64):
        w = list(struct.unpack(">16I", data[start:start + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            first = turn((turn(a, 12) + e + turn(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & 0xFFFFFFFF, 7)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & 0xFFFFFFFF & g
            one = (ff + d + (first ^ turn(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            two = (gg + h + first + w[j]) & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = one, a, turn(b, 9), c, two ^ turn(two, 9) ^ turn(two, 17), e, turn(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *state)


def sm_add(p, q, modulus=SM_P):
    """The sum of two points (x, y) of a curve with a = -3; None is the point at infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % modulus == 0:
            return None
        slope = 3 * (p[0] * p[0] - 1) * pow(2 * p[1], -1, modulus)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, modulus)
    x = (slope * slope - p[0] - q[0]) % modulus
    return x, (slope * (p[0] - x) - p[1]) % modulus


def sm_times(n, p, modulus=SM_P):
    result = None
    while n:
        if n & 1:
            result = sm_add(result, p, modulus)
        p, n = sm_add(p, p, modulus), n >> 1
    return result


def der(numbers):
    """The numbers as DER writes them, in one way only."""
    parts = [n.to_bytes(n.bit_length() // 8 + 1, "big") for n in numbers]
    body = b"".join(bytes([2, len(part)]) + part for part in parts)
    return bytes([0x30, len(body)]) + body


@functools.lru_cache(64)
def sm_signed(key, message, signature):
    try:
        first = signature[3]
        numbers = [int.from_bytes(signature[4:4 + first], "big"), int.from_bytes(signature[6 + first:], "big")]
    except IndexError:
        return False
    x, y = (int.from_bytes(half, "big") for half in (key[:32], key[32:]))
    r, s = numbers
    if not (0 < r < SM_N and 0 < s < SM_N and der(numbers) == signature) or x >= SM_P or y >= SM_P:
        return False
    if (y * y - x ** 3 + 3 * x - SM_B) % SM_P or (r + s) % SM_N == 0:
        return False
    named = b"\0\x801234567812345678" + b"".join(n.to_bytes(32, "big") for n in (SM_P - 3, SM_B, *SM_G)) + key
    digest = int.from_bytes(sm3(sm3(named) + message), "big")
    point_ = sm_add(sm_times(s, SM_G), sm_times((r + s) % SM_N, (x, y)))
    return point_ is not None and (digest + point_[0]) % SM_N == r


# --- ECDSA over P-256 with SHA-256 (FIPS 186-5): what browsers sign with ----------------------------------------------

EC_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
EC_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
EC_G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def p256_signed(key, message, signature):
    """Both in hexadecimal: the point uncompressed (65 bytes), and r and s (32 bytes each)."""
    if not (re.fullmatch("04[0-9a-f]{128}", key) and re.fullmatch("[0-9a-f]{128}", signature)):
        return False
    x, y, r, s = (int(digits, 16) for digits in (key[2:66], key[66:], signature[:64], signature[64:]))
    if not (0 < r < EC_N and 0 < s < EC_N) or x >= EC_P or y >= EC_P or (y * y - x ** 3 + 3 * x - EC_B) % EC_P:
        return False
    digest, inverse = int.from_bytes(sha(message), "big"), pow(s, -1, EC_N)
    found = sm_add(sm_times(digest * inverse % EC_N, EC_G, EC_P), sm_times(r * inverse % EC_N, (x, y), EC_P), EC_P)
    return found is not None and found[0] % EC_N == r


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
    return distinct(members)


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
    return distinct(members)


def distinct(members):
    """The members, if each can be unpacked beside all others, also where capitals are as good as small letters."""
    names = [name.encode().lower() for name, _ in members]
    taken = set(names)
    for name in names:
        if len(taken) != len(names) or any(name[:at] in taken for at, byte in enumerate(name) if byte == 0x2F):
            raise Unreadable("two names clash")
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


def parse(text):
    """The value of this JSON; ValueError where readers differ: a name given twice, numbers that are not whole or too large."""
    def whole(digits):
        if len(digits) > 20 or digits == "-0" or not -2**63 <= int(digits) < 2**64:
            raise ValueError("a number that is not taken")
        return int(digits)

    def refused(_):
        raise ValueError("a number that is not whole")

    def once(pairs):
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a name is given twice")
        return members

    return json.loads(text, parse_int=whole, parse_float=refused, parse_constant=refused, object_pairs_hook=once)


def read(data, is_shaped, limit=FILE_MAX):
    """The JSON in these bytes, if it has the shape and is written in the one way."""
    try:
        value = parse(data.decode()) if len(data) <= limit else None
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return value if written == data and is_shaped(value) else None
    except (ValueError, RecursionError):
        return None


def read_content(text):
    """What an entry says; ValueError or RecursionError where two readers could understand it differently."""
    def is_within(value, depth):
        if type(value) is dict:
            value = value.values()
        elif type(value) is not list:
            return True
        return depth > 0 and all(is_within(inner, depth - 1) for inner in value)

    content = parse(text)
    if not is_within(content, DEPTH_MAX):
        raise ValueError("it nests too deep")
    json.dumps(content, ensure_ascii=False).encode()  # half a surrogate is no text
    return content


def has(value, *keys):
    return type(value) is dict and list(value) == list(keys)


def is_seal(v):
    return (has(v, "format", "hearing", "stream", "sealed_at", "entries", "root", "chain", "sm2")
            and v["format"] == "fengqiao-seal/2" and is_id(v["hearing"]) and is_id(v["stream"])
            and is_number(v["sealed_at"], -2**63, 2**63 - 1) and is_number(v["entries"])
            and is_hex(v["root"]) and is_hex(v["chain"])
            and type(v["sm2"]) is str and re.fullmatch("[0-9a-f]{128}", v["sm2"]) is not None)


def is_copy(v):
    return (has(v, "format", "copy", "seal", "manifest") and v["format"] == "fengqiao-copy/2"
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


def one_line(text):
    """Fit for one line of the report, so that no text in a file can write a line of its own."""
    return NOT_PLAIN.sub("\ufffd", re.sub("[\t\n\r]", " ", text))


class Report:
    def __init__(self):
        self.findings, self.times = [], {}

    def good(self, code, sentence):
        self.findings.append((True, code, "", one_line(sentence)))

    def bad(self, code, path, sentence):
        self.times[code] = self.times.get(code, 0) + 1
        if self.times[code] <= NAMED_MAX:
            self.findings.append((False, code, one_line(path or ""), one_line(sentence)))

    def close(self):
        """Counts what was broken too often to be named."""
        for code in sorted(self.times):
            if self.times[code] > NAMED_MAX:
                self.findings.append((False, code, "", f"{self.times[code] - NAMED_MAX} more of the same kind"))
        return self

    def holds(self):
        return bool(self.findings) and all(finding[0] for finding in self.findings)


def verify(data, expected=None, expected_sm2=None):
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
    sm2 = check_second_key(report, members, expected_sm2)
    seal, seal_holds = check_statement(report, members, key, sm2, "seal", is_seal)
    if seal and sm2 and sm2.hex() != seal["sm2"]:
        report.bad("key.other-sm2", "seal-sm2.pub", "the SM2 key is not the one that seal.json names")
    elif seal_holds:
        report.good("seal", f"both signatures hold: {seal}")
    copy, copy_holds = check_statement(report, members, key, sm2, "copy", is_copy)
    if copy and ("seal.json" not in members or sha(members["seal.json"]).hex() != copy["seal"]):
        report.bad("copy.other-seal", "copy.json", "copy.json speaks of another seal than the one in this file")
    elif copy_holds:
        report.good("copy", f"both signatures hold: {copy}")
    check_files(report, members, copy)
    if check_entries(report, members, seal) and seal:
        check_signers(report, members, seal)
    return report.close()


def fingerprint_of(digest):
    return " ".join(digest.hex()[n:n + 4] for n in range(0, 32, 4))


def is_expected(expected, key, fingerprint):
    return expected in (key.hex(), fingerprint.replace(" ", ""))


def check_key(report, members, expected):
    wrapped = members.get("seal.pub")
    if wrapped is None:
        return None
    if len(wrapped) != 44 or not wrapped.startswith(KEY_WRAPPING):
        report.bad("key.unreadable", "seal.pub", "the public key is damaged")
        return None
    key = wrapped[12:]
    fingerprint = fingerprint_of(sha(key))
    if expected is None:
        report.good("key.shown", f"the signing key has the fingerprint {fingerprint}; compare it with the published one")
    elif is_expected(expected, key, fingerprint):
        report.good("key.expected", f"the signing key is the expected one, fingerprint {fingerprint}")
    else:
        report.bad("key.unexpected", "seal.pub", f"the signing key (fingerprint {fingerprint}) is not the expected one")
    return key


def check_second_key(report, members, expected):
    wrapped = members.get("seal-sm2.pub")
    if wrapped is None:
        return None
    if len(wrapped) != 91 or not wrapped.startswith(SM2_WRAPPING):
        report.bad("key.unreadable", "seal-sm2.pub", "the SM2 key is damaged")
        return None
    key = wrapped[27:]
    fingerprint = fingerprint_of(sm3(key))
    if expected is None:
        report.good("key.sm2", f"the SM2 key has the fingerprint {fingerprint}; compare it with the published one")
    elif is_expected(expected, key, fingerprint):
        report.good("key.sm2-expected", f"the SM2 key is the expected one, fingerprint {fingerprint}")
    else:
        report.bad("key.sm2-unexpected", "seal-sm2.pub", f"the SM2 key (fingerprint {fingerprint}) is not the expected one")
    return key


def check_statement(report, members, key, sm2, what, is_shaped):
    path, data = f"{what}.json", members.get(f"{what}.json")
    holds, short = True, data is not None and len(data) <= STATEMENT_MAX
    for code, with_key, name, is_signed in [(f"{what}.forged", key, f"{what}.sig", signed),
                                            (f"{what}.sm2-forged", sm2, f"{what}-sm2.sig", sm_signed)]:
        signature = members.get(name)
        there = short and None not in (signature, with_key)
        if there and not is_signed(with_key, data, signature):
            report.bad(code, path, f"the signature of {path} in {name} does not hold")
            holds = False
        holds = holds and there
    if data is None:
        return None, False
    statement = read(data, is_shaped, STATEMENT_MAX)
    if statement is None:
        report.bad("statement.unreadable", path, f"{path} is not a statement as the format writes it")
    return statement, holds and statement is not None


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
        return False

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
    return len(report.findings) > before and all(holds for holds, *_ in report.findings[before:]) and sound and bool(seal)


# --- What people signed ----------------------------------------------------------------------------------------------


def check_signers(report, members, seal):
    given, earlier, refused, sealed, told = {}, [], {}, None, 0
    for text in members[ENTRIES].split(b"\n"):
        if not any(mark in text for mark in MARKS):
            continue
        head, mark, _ = text.partition(PROOF)
        line = read(head + b"}" if mark else head, is_line)
        if line is None or "content" not in line:
            continue
        try:
            content = read_content(line["content"])
        except (ValueError, RecursionError):
            report.bad("signature.unreadable", ENTRIES, f"the signature in entry {line['number']} cannot be read")
            continue
        try:
            (verb, what), = content["event"]["record"].items()
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        good = True
        if sealed is not None and verb in ("signature-given", "refused-to-sign", "corrected", "sealed"):
            report.bad("signature.after-seal", ENTRIES, f"entry {line['number']} comes after the record was sealed")
        elif verb == "signature-given":
            good = is_given(what)
            if good and what["seat"] in given:
                report.bad("signature.replaced", ENTRIES, f"entry {line['number']} puts a second signature in another's place")
            if good:
                refused.pop(what["seat"], None)
                given[what["seat"]] = what
        elif verb == "refused-to-sign":
            good = type(what) is dict and type(what.get("seat")) is str and type(what.get("reason")) is str
            if good and what["seat"] in given:
                report.bad("signature.replaced", ENTRIES, f"entry {line['number']} puts a refusal in a signature's place")
            elif good:
                refused[what["seat"]] = what["reason"]
        elif verb == "corrected":
            earlier += [given[seat] for seat in sorted(given, key=str.encode)]
            given = {}
        elif verb == "sealed":
            good = type(what) is dict and type(what.get("digest")) is str
            sealed = what["digest"] if good else sealed
        if not good:
            report.bad("signature.unreadable", ENTRIES, f"the signature in entry {line['number']} cannot be read")

    if sealed is not None and RECORD in members:
        if sha(members[RECORD]).hex() == sealed:
            report.good("record", f"the record ({RECORD}) is the one that was signed and sealed")
        else:
            report.bad("record.other", RECORD, f"the record ({RECORD}) is not the one that was sealed")
    signed = sealed
    if signed is None and RECORD in members:
        signed = sha(members[RECORD]).hex()
    elif signed is None and given:
        signed = given[min(given, key=str.encode)]["digest"]

    def tell(code, sentence):
        nonlocal told
        told += 1
        if told <= NAMED_MAX:
            report.good(code, sentence)

    for one in earlier:
        if found := check_given(report, members, seal, one):
            tell("signature.earlier", f"{one['seat']} had signed the record before a correction ({found[0]})")
    for seat in sorted(given, key=str.encode):
        if signed != given[seat]["digest"]:
            report.bad("signature.other-record", ENTRIES, f"what {seat} signed is not the record that was sealed")
        elif found := check_given(report, members, seal, given[seat]):
            tell(*found)
    for seat in sorted(refused, key=str.encode):
        tell("signature.refused", f"{seat} refused to sign: {refused[seat]}")


def is_given(v):
    def has_texts(v, *keys):
        return type(v) is dict and all(type(v.get(key)) is str for key in keys)
    if not (has_texts(v, "seat", "digest") and type(v.get("way")) is dict and len(v["way"]) == 1):
        return False
    way = v["way"]
    return ("device" in way and has_texts(way["device"], "drawing", "key", "signature")
            or "paper" in way and type(way["paper"]) is dict and type(way["paper"].get("scans")) is list
            and all(has_texts(scan, "sha256") for scan in way["paper"]["scans"])
            or "certificate" in way and type(way["certificate"]) is dict
            and has_texts(way["certificate"].get("file"), "sha256"))


def check_given(report, members, seal, given):
    seat, (kind, way) = given["seat"], next(iter(given["way"].items()))
    if kind == "device":
        lines = "fengqiao-signature/1\nhearing: {}\nseat: {}\nrecord: {}\ndrawing: {}\n".format(
            seal["hearing"], seat, given["digest"], sha(way["drawing"].encode()).hex())
        if not p256_signed(way["key"], lines.encode(), way["signature"]):
            report.bad("signature.forged", ENTRIES, f"the signature that {seat} drew does not hold under its key")
            return None
        return "signature.device", f"{seat} signed by hand on a device of its own (key {sha(way['key'].encode()).hex()[:16]})"
    scans = {scan["sha256"] for scan in (way["scans"] if kind == "paper" else [way["file"]])}
    there = [is_there(report, members, seat, digest) for digest in sorted(scans, key=str.encode) or [""]]
    if not all(there):
        return None
    if kind == "paper":
        return "signature.paper", f"{seat} signed on paper; {len(scans)} scans are in this file, as the entry has them"
    return "signature.certificate", f"{seat} signed with a certificate; check its file with openssl cms"


def is_there(report, members, seat, digest):
    below = f"main/signatures/{digest}."
    found = next((path for path in sorted(members, key=str.encode) if path.startswith(below)), None)
    if found is not None and sha(members[found]).hex() == digest:
        return True
    report.bad("signature.scan-missing", ENTRIES, f"what {seat} signed, as scanned, is not in this file or was changed")
    return False


def main(arguments):
    expected, lengths = {}, {"--key": 64, "--sm2-key": 128}
    while arguments[:1] and arguments[0] in lengths:
        digits = "".join("".join(arguments[1:2]).lower().split())
        if not re.fullmatch("[0-9a-f]*", digits) or len(digits) not in (32, lengths[arguments[0]]):
            print(__doc__, file=sys.stderr)
            return 2
        expected[arguments[0]], arguments = digits, arguments[2:]
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever letters the terminal lacks
    all_hold = True
    for path in arguments:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            print(error, file=sys.stderr)
            return 2
        report = verify(data, expected.get("--key"), expected.get("--sm2-key"))
        for holds, code, inside, sentence in report.findings:
            print(f"{'holds' if holds else 'BROKEN'}\t{code}\t{inside}\t{sentence}")
        print(f"{path}: {'the file holds' if report.holds() else 'THE FILE DOES NOT HOLD'}")
        all_hold &= report.holds()
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
