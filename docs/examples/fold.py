#!/usr/bin/env python3
"""Folds events into the view of a seat, as docs/protocol.md says. Written from it alone, with the standard library.

Reads what the room sent, one message a line, from standard input; prints the view at the end.
"""
import json
import sys


def fold(view, at, event):
    """Takes in one event: first what it changes, then its line in the record."""
    (slice_, inner), = event.items()
    (verb, told), = inner.items()
    CHANGES[slice_](view, at, verb, told)
    spoken = line(slice_, verb, told)
    record = view["record"]
    if spoken and spoken[1] not in record["unlisted"]:
        made, speaker, said = spoken
        record["lines"].append({"number": len(record["lines"]) + 1, "at": at, "phase": record["phase"], "id": made,
                                "speaker": speaker, "said": said, "earlier": []})


def join(values, value):
    """A list that is sorted and holds each value once."""
    if value not in values:
        values.append(value)
        values.sort()


def used(turn, at):
    return turn["used_ms"] + (max(at - turn["running_since"], 0) if turn["running_since"] is not None else 0)


def end_turn(view, at):
    turn, floor = view["floor"]["turn"], view["floor"]
    if turn and turn["side"]:
        floor["used_ms"][turn["side"]] = floor["used_ms"].get(turn["side"], 0) + min(used(turn, at), turn["length_ms"])
    floor["turn"] = None


def hold(turn, at):
    turn["used_ms"], turn["running_since"] = used(turn, at), None


def go_on(turn, at):
    stands = turn["in_break"] or turn["cut_off"] or turn["in_mediation"]
    if not stands and turn["running_since"] is None:
        turn["running_since"] = at


def lower(view, seat):
    view["floor"]["hands"] = [hand for hand in view["floor"]["hands"] if hand["seat"] != seat]


def plan(view, at, verb, e):
    plan, record = view["plan"], view["record"]
    if verb == "registered":
        plan["registered"] = e
    elif verb == "outlined":
        plan["summary"], plan["issues"] = e["summary"], e["issues"]
    elif verb == "proposed":
        plan["proposed"] = e["proposed"]
    elif verb == "placed":
        plan["places"][e["seat"]] = e
        if e["capacity"] == "observer":
            join(record["unlisted"], e["seat"])
    elif verb == "named":
        plan["names"][e["seat"]] = {"name": e["name"], "post": e["post"]}
    elif verb == "unplaced":
        plan["places"].pop(e["seat"], None)
        plan["names"].pop(e["seat"], None)
        plan["declared"] = [seat for seat in plan["declared"] if seat != e["seat"]]
        record["unlisted"] = [seat for seat in record["unlisted"] if seat != e["seat"]]
        view["shield"]["shielded"] = [one for one in view["shield"]["shielded"] if one["seat"] != e["seat"]]
        view["line"]["known"] = [one for one in view["line"]["known"] if one["seat"] != e["seat"]]
        view["equipment"]["checked"] = [one for one in view["equipment"]["checked"] if one["seat"] != e["seat"]]
    elif verb == "drawn":
        plan["draws"].append(e)
    elif verb == "approved":
        plan["approved"] = at
    elif verb == "approval-noted":
        plan["approval_note"] = e["note"]
    elif verb == "notified":
        plan["notified"], plan["short_notice"] = at, e["reason"]
    elif verb == "notice-shortened":
        plan["short_notice"] = e["reason"]
    elif verb == "published":
        plan["published"] = at
    elif verb == "declared":
        join(plan["declared"], e["seat"])
    elif verb in ("postponed", "amended"):
        if plan["registered"]:
            plan["registered"]["scheduled"] = e["scheduled"]
            if verb == "amended":
                plan["registered"]["hearing"] = e["hearing"]
        plan["notified"] = plan["short_notice"] = plan["published"] = None
        if verb == "amended":
            plan["approved"], plan["approval_note"] = None, ""
    elif verb == "doors-closed":
        if plan["registered"]:
            plan["registered"]["hearing"]["openness"] = "closed"


STANDING = {"arrived": "waiting", "admitted": "present", "turned-away": "expected", "left": "left",
            "removed": "removed", "absence-noted": "expected", "recused": "recused"}


def roll(view, at, verb, e):
    roll, turn = view["roll"], view["floor"]["turn"]
    if verb == "deputy-named":
        roll["deputy"] = e["seat"]
    elif verb == "chair-taken":
        roll["deputy_acting"] = e["seat"]
    elif verb == "chair-returned":
        roll["deputy_acting"] = None
    caucus = view["mediation"]["caucus"]
    gone = verb in ("left", "removed", "recused") and caucus and caucus["chair"] == e["seat"]
    if verb in ("chair-taken", "chair-returned") or gone:
        view["mediation"]["caucus"] = None
    if "seat" not in e or verb in ("deputy-named", "chair-taken"):
        return
    seat = e["seat"]
    entry = roll["entries"].setdefault(seat, {"standing": "expected", "since": 0, "lost": None, "noticed": None, "missed_ms": 0,
                                              "reason": None, "took_part": False, "remote": None})
    turn = turn if turn and turn["seat"] == seat else None
    if verb in STANDING:
        entry["standing"], entry["since"], entry["reason"] = STANDING[verb], at, e.get("reason")
        if verb == "admitted":
            entry["took_part"] = True
        elif verb != "arrived":
            entry["lost"] = entry["noticed"] = None
    if verb in ("left", "removed", "recused"):
        lower(view, seat)
        if turn:
            end_turn(view, at)
        for post in ("deputy", "deputy_acting"):
            if roll[post] == seat:
                roll[post] = None
    elif verb == "lost":
        entry["lost"], entry["noticed"] = e["since"], at
        for line in view["line"]["known"]:
            if line["seat"] == seat and line["stands"] == "open":
                line["stands"], line["quality"] = "closed", None
        if turn:
            since = e["since"] if turn["running_since"] is None else max(turn["running_since"], e["since"])
            hold(turn, since)
            turn["cut_off"] = True
    elif verb == "regained":
        entry["lost"] = entry["noticed"] = None
        entry["missed_ms"] += e["away_ms"]
        if turn:
            turn["cut_off"] = False
            go_on(turn, at)
    elif verb == "remote-answered":
        entry["remote"] = e["given"]


def phase(view, at, verb, e):
    course, floor = view["phase"], view["floor"]
    if verb in ("opened", "advanced"):
        step = e.get("to", "roll-call")
        course["current"] = view["record"]["phase"] = step
        course["history"].append({"phase": step, "at": at})
        end_turn(view, at)
        floor["heard"], floor["hands"] = [], []
        if verb == "opened":
            view["statement"]["introduced_by"] = []
        if verb == "advanced" and step == "deliberation":
            view["opinion"]["delivered"] = None
            view["decision"] = {"consent": None, "announced": None, "adopts_majority": None}
    elif verb == "interrupted":
        course["interrupted"] = {"kind": e["kind"], "since": at, "reason": e["reason"]}
        if floor["turn"]:
            hold(floor["turn"], at)
            floor["turn"]["in_break"] = True
    elif verb == "resumed":
        course["interrupted"] = None
        if floor["turn"]:
            floor["turn"]["in_break"] = False
            go_on(floor["turn"], at)
    elif verb == "cancelled":
        course["cancelled"] = e["reason"]


def floor(view, at, verb, e):
    floor = view["floor"]
    if verb == "hand-raised":
        floor["hands"].append({"seat": e["seat"], "since": at})
    elif verb == "hand-lowered":
        lower(view, e["seat"])
    elif verb == "given":
        lower(view, e["seat"])
        if e["side"]:
            join(floor["heard"], e["side"])
        cut_off = e.get("cut_off", False)
        floor["turn"] = {"seat": e["seat"], "side": e["side"], "began": at, "length_ms": e["seconds"] * 1000, "used_ms": 0,
                         "running_since": None if cut_off else at, "in_break": False, "cut_off": cut_off,
                         "in_mediation": False}
    elif verb == "extended":
        if floor["turn"]:
            floor["turn"]["length_ms"] += e["seconds"] * 1000
    elif verb == "ended":
        end_turn(view, at)


def statement(view, at, verb, e):
    if e["phase"] == "introduction" and e["speaker"]:
        join(view["statement"]["introduced_by"], e["speaker"])


def question(view, at, verb, e):
    asked = view["question"]["asked"]
    if verb in ("asked", "put"):
        asked[e["id"]] = {"number": e.get("number"), "by": e["by"], "to": e["to"], "text": e["text"], "state": verb}
        if verb == "put":
            view["question"]["put"] = e["number"]
    elif e["id"] in asked:
        states = {"disallowed": lambda: {"disallowed": e["reason"]}, "lapsed": lambda: "lapsed",
                  "answered": lambda: {"answered": {"by": e["by"], "text": e["text"]}}}
        asked[e["id"]]["state"] = states[verb]()


def exhibit(view, at, verb, e):
    exhibits = view["exhibit"]
    laid = exhibits["laid"]
    if verb in ("laid", "shown"):
        own = e if verb == "laid" else e["exhibit"]
        known = laid.setdefault(str(own["number"]), {"exhibit": own, "objections": [], "excluded": None, "published": False})
        if verb == "shown":
            known["published"] = True
            exhibits["shown"] = [own["number"], e["page"]]
        return
    known = laid.get(str(e["number"]))
    if verb == "objected-to" and known:
        known["objections"].append([e["by"], e["reason"]])
    elif verb == "excluded" and known:
        known["excluded"] = e["reason"]
    if verb in ("excluded", "hidden") and exhibits["shown"] and exhibits["shown"][0] == e["number"]:
        exhibits["shown"] = None


def motion(view, at, verb, e):
    moved = view["motion"]["moved"]
    if verb == "moved":
        moved[e["id"]] = {"by": e["by"], "kind": e["kind"], "text": e["text"], "whom": e["whom"], "at": at, "ruling": None}
    elif e["id"] in moved:
        moved[e["id"]]["ruling"] = {"granted": e["granted"], "reason": e["reason"], "at": at}


def deliberation(view, at, verb, e):
    view["deliberation"]["talk"].append({"at": at, "by": e["by"], "text": e["text"]})


def opinion(view, at, verb, e):
    opinion = view["opinion"]
    if verb == "filed":
        opinion["filed"].setdefault(e["issue"], {})[e["by"]] = e["sheet"]
    elif verb == "received":
        join(opinion["received"].setdefault(e["issue"], []), e["by"])
    elif verb == "opened":
        opinion["opened"][e["issue"]] = e["sheets"]
    elif verb == "changed":
        opinion["opened"].setdefault(e["issue"], {})[e["by"]] = e["sheet"]
    elif verb == "speaker-chosen":
        opinion["speaker"] = e["seat"]
    elif verb == "delivered":
        opinion["delivered"] = {"by": e["by"], "text": e["text"], "at": at}
    elif verb == "released":
        opinion["released"] = e["sheets"]


def decision(view, at, verb, e):
    if verb == "consented":
        view["decision"]["consent"] = e["reason"]
    elif verb == "announced":
        view["decision"]["announced"] = {"when": e["when"], "text": e["text"], "reasons": e["reasons"], "at": at}
    elif verb == "answered":
        view["decision"]["adopts_majority"] = e["adopts_majority"]


def mediation(view, at, verb, e):
    mediation, turn = view["mediation"], view["floor"]["turn"]
    if verb == "consented":
        mediation["consents"][e["seat"]] = e["given"]
    elif verb == "opened":
        mediation["open"], mediation["outcome"] = at, None
        view["settlement"]["round"] += 1
        if turn:
            hold(turn, at)
            turn["in_mediation"] = True
    elif verb == "ended":
        mediation["open"], mediation["caucus"], mediation["outcome"] = None, None, e["outcome"]
        mediation["consents"] = {}
        if turn:
            turn["in_mediation"] = False
            go_on(turn, at)
    elif verb == "caucus-begun":
        mediation["caucus"] = {**e, "since": at}
    elif verb == "caucus-ended":
        mediation["caucus"] = None
    elif verb == "confided":
        mediation["confided"].append({"at": at, **e})


def settlement(view, at, verb, e):
    settlement = view["settlement"]
    of_round = {"round": settlement["round"]}

    def first(things):
        return next((thing for thing in settlement[things] if thing["id"] == e["id"]), {})

    if verb == "offered":
        settlement["offers"].append({**e, **of_round, "at": at, "answer": None})
    elif verb == "offer-answered":
        if offer := first("offers"):
            offer["answer"] = e["accept"]
    elif verb == "proposed":
        settlement["proposals"].append({**e, **of_round, "accepted": None})
    elif verb == "proposal-answered":
        settlement["answers"].append({name: e[name] for name in ("id", "party", "accept", "seen_by")})
    elif verb in ("proposal-accepted", "proposal-lapsed"):
        if put := first("proposals"):
            put["accepted"] = verb == "proposal-accepted"
    elif verb == "bid-made":
        settlement["bids"].append({**of_round, **{name: e[name] for name in ("side", "amount", "seen_by")}})
    elif verb == "bids-met":
        settlement["met"].append({**of_round, **e})
    elif verb == "drafted":
        settlement["drafts"].append({**e, **of_round, "signed": []})
    elif verb == "signed":
        if draft := first("drafts"):
            join(draft["signed"], e["party"])
    elif verb == "effective":
        settlement["agreements"].append({**e, **of_round, "at": at, "terms": []})
    elif verb == "terms-told":
        if agreement := first("agreements"):
            agreement["terms"] = e["terms"]
        named = [line for line in view["record"]["lines"] if line["id"] == e["id"]]
        if named and isinstance(named[-1]["said"], dict) and "agreement" in named[-1]["said"]:
            named[-1]["said"]["agreement"]["terms"] = e["terms"]


def record(view, at, verb, e):
    record = view["record"]
    if verb == "correction-asked":
        record["corrections"].append({**e, "ruling": None})
    elif verb == "correction-ruled":
        for asked in record["corrections"]:
            if asked["id"] == e["id"]:
                asked["ruling"] = [e["granted"], e["reason"]]
                break
    elif verb == "corrected":
        if 0 < e["line"] <= len(record["lines"]):
            correct(record["lines"][e["line"] - 1], e)
        record["signatures"] = {seat: kept for seat, kept in record["signatures"].items() if "refused" in kept}
        ways = [given["way"] for given in (record.pop("given", None) or {}).values()]
        former = [scan for way in ways for scan in way.get("paper", {}).get("scans", [])
                  + [certificate["file"] for certificate in [way.get("certificate")] if certificate]]
        if former:
            record.setdefault("former", []).extend(former)
    elif verb == "signed":
        record["signatures"][e["seat"]] = {"signed": {"digest": e["digest"], "at": at}}
    elif verb == "signature-given":
        record.setdefault("given", {})[e["seat"]] = {"way": e["way"], "by": e["by"]}
    elif verb == "refused-to-sign":
        record["signatures"][e["seat"]] = {"refused": {"reason": e["reason"], "at": at}}
    elif verb == "sealed":
        record["sealed"] = at


def correct(line, e):
    said = line["said"]
    if not isinstance(said, dict):
        return
    (kind, words), = said.items()
    if kind in ("statement", "note", "opinion"):
        line["earlier"].append([words, e["by"]])
        said[kind] = e["text"]
    elif isinstance(words, dict) and "text" in words:
        line["earlier"].append([words["text"], e["by"]])
        words["text"] = e["text"]


def recording(view, at, verb, e):
    recording = view["recording"]
    if verb == "sound-lost":
        recording["missed"].append(e["seat"])
    elif verb == "sound-back":
        recording["missed"] = [seat for seat in recording["missed"] if seat != e["seat"]]
    elif verb == "stalled":
        recording["stalled"] = e["since"]
    elif verb == "resumed":
        recording["stalled"] = None
    for segment in e.get("segments", []):
        known = [part for part in recording["parts"] if (part["seat"], part["part"]) == (segment["seat"], segment["part"])]
        part = known[0] if known else {**{name: segment[name] for name in ("seat", "part", "from", "to")}, "segments": 0, "bytes": 0}
        if not known:
            recording["parts"].append(part)
        part["to"], part["segments"] = max(part["to"], segment["to"]), segment["number"]
        part["bytes"] += segment["bytes"]


def shield(view, at, verb, e):
    shielded = view["shield"]["shielded"]
    if verb == "cut-off" or verb == "restored":
        view["shield"]["cut_off"] = verb == "cut-off"
        view["shield"]["cuts"] += verb == "cut-off"
    elif verb == "unshielded":
        view["shield"]["shielded"] = [one for one in shielded if one["seat"] != e["seat"]]
    else:
        known = [one for one in shielded if one["seat"] == e["seat"]]
        if not known:
            shielded.append({"seat": e["seat"], "voice": e["voice"]})
        for one in known:
            one["voice"] = e["voice"]


def line_of_seat(view, at, verb, e):
    known = [one for one in view["line"]["known"] if one["seat"] == e["seat"]]
    if verb == "opened" and not known:
        view["line"]["known"].append({"seat": e["seat"], "stands": "open", "quality": None, "breaks": 0, "missed_ms": 0})
    for one in known:
        if verb == "rated":
            one["quality"] = e["quality"]
        elif verb == "restored":
            one["stands"], one["missed_ms"] = "open", one["missed_ms"] + e["away_ms"]
        else:
            stands = {"opened": "open", "closed": "closed", "broken": {"broken": {"since": e.get("since")}}}
            one["stands"], one["quality"] = stands[verb], None
            one["breaks"] += verb == "broken"


def equipment(view, at, verb, e):
    checked = view["equipment"]["checked"]
    known = [one for one in checked if one["seat"] == e["seat"]]
    if not known:
        checked.append({"seat": e["seat"], "times": 0})
    one = known[0] if known else checked[-1]
    one["at"], one["times"], one["check"] = at, one["times"] + 1, e["check"]


CHANGES = {"plan": plan, "roll": roll, "phase": phase, "floor": floor, "statement": statement, "question": question,
           "exhibit": exhibit, "motion": motion, "deliberation": deliberation, "opinion": opinion, "decision": decision,
           "mediation": mediation, "settlement": settlement, "record": record, "recording": recording, "shield": shield,
           "line": line_of_seat, "equipment": equipment}


def line(slice_, verb, e):
    """Id, speaker and words of the line that an event becomes, if it becomes one."""
    pick = lambda *names: {name: e[name] for name in names}
    seat = e.get("seat")
    name = f"{slice_}.{verb}"
    if name == "statement.recorded" and e["speaker"] is None:
        return e["id"], None, {"note": e["text"]}
    if name == "question.lapsed" and e["number"] is None or name == "roll.lost" and e.get("again"):
        return None
    lines = {
        "statement.said": lambda: (e["id"], e["speaker"], {"statement": e["text"]}),
        "statement.recorded": lambda: (e["id"], e["speaker"], {"statement": e["text"]}),
        "question.put": lambda: (e["id"], e["by"], {"question": pick("number", "to", "text")}),
        "question.answered": lambda: (e["answer"], e["by"], {"answer": pick("number", "text")}),
        "question.lapsed": lambda: (None, None, {"lapsed": pick("number")}),
        "exhibit.shown": lambda: (None, e["exhibit"]["by"], {"exhibit": {"number": e["exhibit"]["number"],
                                  "title": e["exhibit"]["title"], "page": e["page"]}}),
        "exhibit.excluded": lambda: (None, None, {"excluded": {"number": e["number"], "title": e["title"], "text": e["reason"]}}),
        "motion.moved": lambda: (e["id"], e["by"], {"motion": pick("kind", "whom", "text")}),
        "motion.ruled": lambda: (None, None, {"ruling": {**pick("kind", "granted"), "text": e["reason"],
                                **({"by": e["by"]} if "by" in e else {})}}),
        "opinion.delivered": lambda: (e["id"], e["by"], {"opinion": e["text"]}),
        "decision.announced": lambda: (e["id"], None, {"decision": pick("when", "text", "reasons")}),
        "phase.opened": lambda: (None, None, "opened"),
        "phase.advanced": lambda: (None, None, {"step": {"to": e["to"], "waived": e["waived"] and e["waived"]["reason"]}}),
        "phase.interrupted": lambda: (None, None, {"interrupted": pick("kind", "reason")}),
        "phase.resumed": lambda: (None, None, "resumed"),
        "roll.admitted": lambda: (None, seat, "came-in"),
        "roll.left": lambda: (None, seat, "left-room"),
        "roll.removed": lambda: (None, seat, {"sent-out": e["reason"]}),
        "roll.absence-noted": lambda: (None, seat, {"absent": e["reason"]}),
        "roll.recused": lambda: (None, seat, "recused"),
        "roll.lost": lambda: (None, seat, {"gap": pick("since")}),
        "roll.regained": lambda: (None, seat, {"gap-over": pick("away_ms")}),
        "roll.chair-taken": lambda: (None, seat, "deputy-presides"),
        "roll.chair-returned": lambda: (None, None, "chair-presides"),
        "roll.remote-answered": lambda: (None, seat, {"remote": pick("given")}),
        "line.broken": lambda: (None, seat, {"video-gap": pick("since")}),
        "line.restored": lambda: (None, seat, {"video-gap-over": pick("away_ms")}),
        "shield.shielded": lambda: (None, seat, {"shielded": pick("voice")}),
        "shield.unshielded": lambda: (None, seat, "unshielded"),
        "shield.cut-off": lambda: (None, None, "gallery-cut-off"),
        "shield.restored": lambda: (None, None, "gallery-restored"),
        "mediation.opened": lambda: (None, None, "mediation-opened"),
        "mediation.ended": lambda: (None, None, {"mediation-ended": pick("outcome")}),
        "settlement.effective": lambda: (e["id"], None, {"agreement": {**pick("between", "digest"), "terms": []}}),
    }
    return lines[name]() if name in lines else None


def take(view, number, message):
    """Takes in one message of the room; gives the view and its number."""
    (kind, body), = message.items()
    if kind == "snapshot":
        return body["view"], body["number"]
    if kind == "events":
        for happened in body["events"][max(number + 1 - body["number"], 0):]:
            fold(view, happened["at"], happened["event"])
            number += 1
    return view, number


if __name__ == "__main__":
    seen, count = None, 0
    for text in sys.stdin:
        seen, count = take(seen, count, json.loads(text))
    print(json.dumps(seen, ensure_ascii=False))
