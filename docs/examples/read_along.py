#!/usr/bin/env python3
"""Reads along in a hearing until it closes: read_along.py LINK_OR_CODE PHONE_TAIL [SERVER]. Written from docs/protocol.md."""
import base64, itertools, json, os, random, socket, ssl, sys, time, urllib.error, urllib.parse, urllib.request, uuid

TEXTS = {"said": "text", "recorded": "text", "put": "text", "answered": "text", "moved": "text", "ruled": "reason",
         "delivered": "text", "announced": "text", "corrected": "text", "advanced": "to"}
url = urllib.parse.urlsplit(sys.argv[-1] if len(sys.argv) > 3 else sys.argv[1])
proof = {"code": sys.argv[1]} if len(sys.argv) > 3 else {"token": url.path.split("/")[-1]}
names, told = {}, set()


def send(sock, message):
    data, mask = json.dumps(message).encode(), os.urandom(4)  # what a client sends is masked
    size = bytes([128 + len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    sock.sendall(b"\x81" + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))


def receive(stream):
    opcode, data = 0, b""
    while opcode < 128:  # a long message comes in several frames
        opcode, size = stream.read(2)
        data += stream.read(size if size < 126 else int.from_bytes(stream.read(2 if size == 126 else 8), "big"))
    if opcode == 0x88:
        raise ConnectionError(int.from_bytes(data[-2:], "big"))
    return next(iter(json.loads(data).items()))


def say(at, speaker, text):
    if isinstance(text, str) and (at, text) not in told:  # after a reconnection the whole record comes again
        told.add((at, text))
        print(time.strftime("%H:%M:%S", time.localtime(at / 1000)), f"{names.get(speaker, speaker or '—')}: {text}", flush=True)


def read_along(hearing, seat, key):
    with socket.create_connection((url.hostname, url.port or {"https": 443}.get(url.scheme, 80)), 60) as sock:
        if url.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=url.hostname)
        sock.sendall((f"GET /api/hearings/{hearing}/room HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                      + base64.b64encode(os.urandom(16)).decode() + "\r\n\r\n").encode())
        stream = sock.makefile("rb")
        while stream.readline().strip():
            pass
        send(sock, {"hello": {"version": 1, "key": key}})
        while True:
            kind, body = receive(stream)
            if kind == "ping":
                send(sock, {"pong": {}})
            elif kind == "snapshot":
                view = body["view"]
                names.update({seat: who["name"] for seat, who in view["plan"]["names"].items()})
                for line in view["record"]["lines"]:
                    said = [*line["said"].values()][0] if isinstance(line["said"], dict) else None
                    say(line["at"], line["speaker"], said.get("text", said.get("to")) if isinstance(said, dict) else said)
                standing = view["roll"]["entries"].get(seat, {"standing": "expected"})["standing"]
                if standing == "expected":
                    send(sock, {"command": {"id": str(uuid.uuid4()), "command": {"roll": {"arrive": {}}}}})
                if standing in ("left", "removed", "recused") or view["phase"]["current"] == "closed" or view["phase"]["cancelled"]:
                    return
            elif kind == "events":
                for happened in body["events"]:
                    (verb, event), = [*happened["event"].values()][0].items()
                    say(happened["at"], event.get("speaker", event.get("by")), event.get(TEXTS.get(verb)))
                    if event.get("to") == "closed" or verb == "cancelled":
                        return


try:
    accept = urllib.request.Request(f"{url.scheme}://{url.netloc}/api/invitations/accept",
                                    json.dumps({**proof, "phone_tail": sys.argv[2]}).encode(), {"Content-Type": "application/json"})
    mine = json.load(urllib.request.urlopen(accept))
except urllib.error.HTTPError as refused:
    sys.exit(json.load(refused)["en"])
for tries in itertools.count():
    try:
        sys.exit(read_along(**mine))
    except (OSError, ValueError) as lost:  # whatever the network does, come back; unless the server says not to
        if lost.args[0] in (4001, 4007, 4008, 4010):
            sys.exit(f"closed with {lost.args[0]}")
    time.sleep(min(0.4 * 2 ** min(tries, 9), 15) * (0.5 + random.random()))
