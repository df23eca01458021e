// Seats without a browser, by the protocol alone: they bring a hearing to where a test of one desk begins.

import { createHash, randomUUID, webcrypto } from "node:crypto";
import { on, once } from "node:events";
import WebSocket from "ws";

import type { Person } from "./court";
import type { Invitation, Script, Step } from "./script";
import type { Server } from "./server";

type Refusal = { code: string; zh: string };
type FromRoom = Record<string, any>;

/** One seat at the wire. */
export class Seat {
  private readonly waiting = new Map<string, (refusal?: Refusal) => void>();

  private constructor(
    private readonly socket: WebSocket,
    readonly origin: string,
    readonly hearing: string,
    readonly id: string,
    readonly key: string,
    private readonly phone_tail: string,
  ) {
    socket.on("message", (data) => this.hear(JSON.parse(data.toString())));
  }

  static async comes(origin: string, { link, phone_tail }: Invitation): Promise<Seat> {
    const token = link.split("/").at(-1);
    const answer = await fetch(`${origin}/api/invitations/accept`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token, phone_tail }),
    });
    if (!answer.ok) throw new Error(`the invitation was not accepted: ${await answer.text()}`);
    const { hearing, seat: name, key } = await answer.json();
    const socket = new WebSocket(`${origin.replace("http", "ws")}/api/hearings/${hearing}/room`, { origin });
    await once(socket, "open");
    const seat = new Seat(socket, origin, hearing, name, key, phone_tail);
    seat.tell({ hello: { version: 1, key } });
    return seat;
  }

  /** Sends a command and waits until it is on disk; as the window that acts, should a browser have been that. */
  async does(command: object, id: string = randomUUID()): Promise<string> {
    const refusal = await new Promise<Refusal | undefined>((done) => {
      this.waiting.set(id, done);
      this.tell({ take: {} });
      this.tell({ command: { id, command } });
    });
    if (refusal !== undefined) throw new Error(`${JSON.stringify(command)}: ${refusal.code} ${refusal.zh}`);
    return id;
  }

  /** Signs the record as a browser does: with a key made for it, over the record as it stands. */
  async signs(): Promise<string> {
    const address = `${this.origin}/api/hearings/${this.hearing}`;
    const headers = { authorization: `Bearer ${this.key}`, "content-type": "application/json", origin: this.origin };
    const view = await (await fetch(address, { headers })).json();
    const lines = view.record.lines.filter(({ phase }: { phase: string }) => phase !== "signing" && phase !== "closed");
    const digest = sha256(lines.map((line: object) => `${JSON.stringify(line)}\n`).join(""));
    const drawing = "M 120 200 L 260 140 L 420 260";
    const statement = `fengqiao-signature/1\nhearing: ${this.hearing}\nseat: ${this.id}\nrecord: ${digest}\ndrawing: ${sha256(drawing)}\n`;
    const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const key = Buffer.from(await webcrypto.subtle.exportKey("raw", pair.publicKey)).toString("hex");
    const signed = await webcrypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, Buffer.from(statement));
    const way = { device: { drawing, key, signature: Buffer.from(signed).toString("hex") } };
    const id = randomUUID();
    const body = JSON.stringify({ id, digest, way, phone_tail: this.phone_tail });
    const answer = await fetch(`${address}/signature`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${this.id} could not sign: ${await answer.text()}`);
    return id;
  }

  /** The number of the line of the record that holds these words, as a window that only looks on sees it. */
  async lineOf(text: string): Promise<number> {
    const socket = new WebSocket(this.socket.url, { origin: this.origin });
    await once(socket, "open");
    socket.send(JSON.stringify({ hello: { version: 1, key: this.key, passive: true } }));
    for await (const [data] of on(socket, "message")) {
      const { snapshot } = JSON.parse(String(data));
      if (snapshot === undefined) continue;
      socket.terminate();
      const found = snapshot.view.record.lines.find((line: object) => JSON.stringify(line).includes(text));
      return found.number;
    }
    throw new Error("the room told nothing");
  }

  private tell(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  private hear(message: FromRoom): void {
    if (message.ping !== undefined) this.tell({ pong: {} });
    if (message.ack !== undefined) this.waiting.get(message.ack.id)?.();
    if (message.refused !== undefined) this.waiting.get(message.refused.id)?.(message.refused.refusal);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** All seats of a script at the wire, but those that sit at browsers. */
export class Wire {
  private readonly made = new Map<string, string>();
  private readonly said = new Map<string, string>();
  readonly seats = new Map<string, Seat>();

  private constructor(
    private readonly script: Script,
    private readonly server: Server,
    private readonly browsers: Set<string>,
  ) {}

  /** Everybody but those at browsers has arrived. */
  static async arrives(script: Script, server: Server, browsers: string[]): Promise<Wire> {
    const wire = new Wire(script, server, new Set(browsers));
    for (const { id, capacity } of script.seats) {
      const invitation = server.demo.seats.find(({ seat }) => seat === id);
      if (wire.browsers.has(id) || invitation === undefined) continue;
      const seat = await Seat.comes(server.origin, invitation);
      wire.seats.set(id, seat);
      if (capacity === "panellist") await seat.does({ plan: { declare: {} } });
      await seat.does({ roll: { arrive: {} } });
    }
    return wire;
  }

  /** Plays the steps from one number to another, both counted from one; those of seats that only browsers hold are left out. */
  async plays(from: number, to: number): Promise<void> {
    for (const step of this.script.steps.slice(from - 1, to)) {
      if (step.refused || step.do === "arrive") continue;
      // The chair lets in as well as the clerk.
      const by = step.do === "admit" && this.browsers.has(step.by) ? "chair" : step.by;
      if (!this.browsers.has(by)) await this.does({ ...step, by });
    }
  }

  /** Sits somebody down at a browser in a seat that is also at the wire. */
  async lends(person: Person, id: string): Promise<void> {
    const seat = this.seat(id);
    const name = `fengqiao.seat.${seat.hearing}.${id}`;
    await person.context.addInitScript(([name, key]) => {
    // A frame in which nothing may run keeps nothing either.
    if (window.origin !== "null") localStorage.setItem(name!, key!);
  }, [name, seat.key]);
    await person.page.goto(`/hearings/${seat.hearing}/seats/${id}`);
    await person.isConnected();
  }

  /** Who sits there. */
  seat(id: string): Seat {
    const seat = this.seats.get(id);
    if (seat === undefined) throw new Error(`${id} is not at the wire`);
    return seat;
  }

  /** Does one step. */
  async does(step: Step): Promise<void> {
    const seat = this.seat(step.by);
    const line = step.do === "correct" ? await seat.lineOf(this.said.get(step.line) ?? step.line) : undefined;
    const command = COMMANDS[step.do]?.({ ...step, line }, (name) => this.made.get(name ?? "") ?? "");
    if (command === undefined) throw new Error(`no command is known for ${step.do}`);
    const id = step.do === "sign-record" ? await seat.signs() : await seat.does(command);
    if (step.as !== undefined) this.made.set(step.as, id);
    if (step.as !== undefined && step.text !== undefined) this.said.set(step.as, step.text);
  }
}

type Made = (name: string | undefined) => string;

const COMMANDS: Record<string, (step: Step, made: Made) => object> = {
  admit: ({ seat }) => ({ roll: { admit: { seat } } }),
  open: () => ({ phase: { open: {} } }),
  advance: ({ to, waive }) => ({ phase: { advance: { to, waive } } }),
  recess: ({ reason }) => ({ phase: { recess: { reason } } }),
  resume: () => ({ phase: { resume: {} } }),
  "give-floor": ({ seat, seconds }) => ({ floor: { give: { seat, seconds } } }),
  "take-floor": ({ seat }) => ({ floor: { take: { seat } } }),
  "raise-hand": () => ({ floor: { "raise-hand": {} } }),
  say: ({ text }) => ({ statement: { say: { text } } }),
  record: ({ speaker, text }) => ({ statement: { record: { speaker, text } } }),
  ask: ({ to, text }) => ({ question: { ask: { to, text } } }),
  "admit-question": ({ of }, made) => ({ question: { admit: { of: made(of) } } }),
  "disallow-question": ({ of, reason }, made) => ({ question: { disallow: { of: made(of), reason } } }),
  answer: ({ of, text }, made) => ({ question: { answer: { of: made(of), text } } }),
  exhibit: ({ title, content }) => ({ exhibit: { lay: { title, content: { text: content } } } }),
  show: ({ of }, made) => ({ exhibit: { show: { of: made(of), page: 1 } } }),
  move: ({ kind, text }) => ({ motion: { move: { kind, text } } }),
  rule: ({ of, granted, reason }, made) => ({ motion: { rule: { of: made(of), granted, reason } } }),
  discuss: ({ text }) => ({ deliberation: { discuss: { text } } }),
  opine: ({ issue, position, reason }) => ({ opinion: { opine: { issue, position, reason } } }),
  "choose-speaker": ({ seat }) => ({ opinion: { "choose-speaker": { seat } } }),
  "deliver-opinion": ({ text }) => ({ opinion: { deliver: { text } } }),
  decide: ({ when, adopts_majority, text, reasons }) => ({ decision: { decide: { when, adopts_majority, text, reasons } } }),
  correct: ({ line, text, reason }) => ({ record: { correct: { line, text, reason } } }),
  "rule-correction": ({ of, granted, reason }, made) => ({ record: { "rule-correction": { of: made(of), granted, reason } } }),
  "sign-record": () => ({}),
  "refuse-to-sign": ({ reason }) => ({ record: { "refuse-to-sign": { reason } } }),
  seal: () => ({ record: { seal: {} } }),
};
