// People at browsers with a video link: who receives whose sound and picture, counted by the browsers themselves.

import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "@playwright/test";

import { expect, Person, testWith } from "./court";
import { CHEN, type Invitation, type Step } from "./script";
import { Server } from "./server";
import { Play } from "./verbs";
import { type Seat, Wire } from "./wire";

/** Short, so that a lost network is noticed while somebody waits for it. */
export const OPTIONS = ["--media", "127.0.0.1:0", "--lease-ms", "4000", "--ping-every-ms", "1000", "--link-gallery-delay-ms", "1"];
/** How long it is counted who is received. */
const COUNTED_MS = 2_000;
/**
 * So many packets of a slot may come after the seat's own view has changed. The change is told by the line to the room,
 * sound and picture come by another way, and neither waits for the other: what the server had sent already is under way,
 * and six browsers on two cores may lag by more than a second of sound. Who were still sent on would be counted a hundred
 * times here, and then once more, where not a single packet may come.
 */
const UNDER_WAY = 85;

/** A test with a server of its own that has a video link. */
export const test = testWith(OPTIONS);

/** Whose sound and whose picture come in. */
export interface Received {
  heard: string[];
  seen: string[];
}

/** Whom a seat is to receive. */
export type Receives = (seat: string) => Received;

interface Counted {
  kind: string;
  mid: string;
  packets: number;
}

/** Asks the page of somebody, in whichever browser it is. */
export type Asks = <R>(question: () => R | Promise<R>) => Promise<R>;

/** Somebody at a browser of another make, who goes about it alone; whose page `keepsConnections` and `notesChanges`. */
export interface Guest {
  seat: string;
  asks: Asks;
  /** By the invitation to the waiting room. */
  arrives(invitation: Invitation): Promise<void>;
  /** Until the link is open. */
  turnsOn(): Promise<void>;
}

/** What a page notes of changes in who is received. */
interface Noted {
  /** How often each kind of event has come; a whole view counts for every kind. */
  times: Record<string, number>;
  /** What had been received when the last of them came. */
  counted: Promise<Counted[]>;
  /** Whom each slot carries, as the room has told last. */
  slots: Record<string, string>;
}

/** Steps that change who is received, and the kind of event by which every seat learns of it. */
const CHANGES: Record<string, string> = {
  open: "phase",
  advance: "phase",
  recess: "phase",
  resume: "phase",
  "give-floor": "floor",
  "admit-question": "question",
  answer: "question",
};

/** From the opening to the statements of the parties. */
export const PRESENTED: Step[] = [
  { by: "chair", do: "open" },
  { by: "chair", do: "advance", to: "introduction" },
  { by: "chair", do: "give-floor", seat: "handler" },
  { by: "handler", do: "say", text: "现介绍案件基本情况。" },
  { by: "chair", do: "advance", to: "statements" },
];

/** Both sides are heard, and the panel may ask. */
export const HEARD: Step[] = [
  { by: "a2", do: "say", text: "工资流水可以证明。" },
  { by: "chair", do: "give-floor", seat: "r1" },
  { by: "r1", do: "say", text: "一审认定并无不当。" },
  { by: "chair", do: "advance", to: "questions" },
];

/** People at browsers with a video link; everybody else of the script is at the wire. */
export class Court {
  /** The pages of all at browsers. */
  private readonly pages = new Map<string, Asks>();

  private constructor(
    private readonly play: Play,
    private readonly wire: Wire,
  ) {}

  /** Everybody is let in and has turned the link on. The `deaf` have a client that does not obey. */
  static async sits(browser: Browser, server: Server, seats: string[], deaf: string[], guest?: Guest): Promise<Court> {
    const wire = await Wire.arrives(CHEN, server, guest === undefined ? seats : [...seats, guest.seat]);
    const people = new Map<string, Person>();
    for (const seat of seats) people.set(seat, await Person.comes(browser, seat, server.origin));
    const court = new Court(new Play(CHEN, server.demo.seats, people), wire);
    for (const [seat, { page, context }] of people) {
      court.pages.set(seat, (question) => page.evaluate(question));
      await context.addInitScript(keepsConnections);
      await context.addInitScript(notesChanges);
      if (deaf.includes(seat)) await context.addInitScript(neverMutes);
      await court.does({ by: seat, do: "arrive" });
    }
    if (guest !== undefined) {
      court.pages.set(guest.seat, (question) => guest.asks(question));
      await guest.arrives(court.play.invitation(guest.seat));
    }
    for (const seat of CHEN.seats.map(({ id }) => id).filter((id) => id !== "chair" && id !== "clerk" && id !== "r2")) {
      await court.does({ by: "clerk", do: "admit", seat });
    }
    // One after the other, as people do: six browsers that start their cameras at once on two cores starve one another.
    for (const person of people.values()) {
      await person.part("video-on").click();
      await expect(person.part("video"), person.name).toHaveAttribute("data-state", "open", { timeout: 60_000 });
    }
    await guest?.turnsOn();
    return court;
  }

  /** Does steps, at the browser or at the wire. */
  async does(...steps: Step[]): Promise<void> {
    for (const step of steps) {
      await this.changes(CHANGES[step.do], () => (this.play.people.has(step.by) ? this.play.does(step) : this.wire.does(step)));
      this.play.knows(step);
    }
  }

  /** A browser sends a command for which its page has no button yet. */
  async says(seat: string, command: object): Promise<void> {
    await this.person(seat).page.evaluate((command) => {
      const socket = (window as unknown as { sockets: WebSocket[] }).sockets.findLast(({ readyState }) => readyState === WebSocket.OPEN)!;
      socket.send(JSON.stringify({ command: { id: crypto.randomUUID(), command } }));
    }, command);
  }

  /** Does something by which everybody, or everybody but some, is told of an event of that kind. */
  async changes(kind: string | undefined, act: () => Promise<void>, untold: string[] = []): Promise<void> {
    const before = await this.times(kind);
    await act();
    if (kind === undefined) return;
    // Everybody knows of it: from here on it is counted.
    const knows = (times: number, n: number) => untold.includes(this.seats[n]!) || times > before[n]!;
    await expect.poll(async () => (await this.times(kind)).every(knows)).toBe(true);
  }

  /** How often each page has been told of such a change. */
  private async times(kind: string | undefined): Promise<number[]> {
    if (kind === undefined) return [];
    const noted = await this.ask(() => (window as unknown as { noted?: Noted }).noted?.times ?? {});
    return noted.map((times) => times[kind] ?? 0);
  }

  /** Asks every page the same. */
  private ask<R>(question: () => R | Promise<R>): Promise<R[]> {
    return Promise.all([...this.pages.values()].map((asks) => asks(question)));
  }

  private get seats(): string[] {
    return [...this.pages.keys()];
  }

  person(seat: string): Person {
    return this.play.person(seat);
  }

  /** Who sits at the wire. */
  at(seat: string): Seat {
    return this.wire.seat(seat);
  }

  get people(): Person[] {
    return [...this.play.people.values()];
  }

  get complaints(): string[] {
    return this.people.flatMap(({ complaints }) => complaints);
  }

  /** Counts for a while what comes in, at every browser at once, once everything that should come does. */
  async receives(expected: Receives, since: "the change" | "now" = "the change"): Promise<void> {
    const seats = this.seats;
    // Where a lost line is the change, no event says when the server stops sending on.
    if (since === "now") await this.ask(() => {
      const page = window as unknown as { noted: Noted; counts(): Promise<Counted[]> };
      page.noted.counted = page.counts();
    });
    const wanted = Object.fromEntries(seats.map((seat) => [seat, sorted(expected(seat))]));
    // Nobody else from the moment at which each seat learnt of it; all of those as soon as their slots are theirs.
    const first = await this.countsSinceTheChange();
    for (const seat of seats) {
      expect(wanted[seat]!.heard, `${seat} hears`).toEqual(expect.arrayContaining(first[seat]!.heard));
      expect(wanted[seat]!.seen, `${seat} sees`).toEqual(expect.arrayContaining(first[seat]!.seen));
    }
    await expect.poll(() => this.counts(), { timeout: 45_000 }).toEqual(wanted);
  }

  /** Bytes of sound that a browser sends meanwhile. */
  async sends(seat: string): Promise<number> {
    const asks = this.asks(seat);
    const before = await asks(sentSound);
    await pause(COUNTED_MS);
    return (await asks(sentSound)) - before;
  }

  /** Asks the page of a seat. */
  asks(seat: string): Asks {
    return this.pages.get(seat)!;
  }

  private async counts(): Promise<Record<string, Received>> {
    const before = await this.ask(received);
    await pause(COUNTED_MS);
    return this.from(before, await this.ask(received), 0);
  }

  private async countsSinceTheChange(): Promise<Record<string, Received>> {
    await pause(COUNTED_MS);
    const before = await this.ask(() => (window as unknown as { noted: Noted }).noted.counted);
    return this.from(before, await this.ask(received), UNDER_WAY);
  }

  /** Who has come in on every page meanwhile, by those whom its slots carry now. */
  private async from(before: Counted[][], after: Counted[][], underWay: number): Promise<Record<string, Received>> {
    const slots = await this.ask(() => (window as unknown as { noted: Noted }).noted.slots);
    const meanwhile = (n: number): Received => {
      const known = (mid: string) => before[n]!.find((slot) => slot.mid === mid)?.packets ?? 0;
      const came = after[n]!.filter(({ mid, packets }) => packets > known(mid) + underWay);
      const of = (kind: string) => came.filter((slot) => slot.kind === kind).map(({ mid }) => slots[n]![mid] ?? `nobody (${mid})`);
      return sorted({ heard: of("audio"), seen: of("video") });
    };
    return Object.fromEntries(this.seats.map((seat, n) => [seat, meanwhile(n)]));
  }
}

function sorted({ heard, seen }: Received): Received {
  return { heard: [...heard].sort(), seen: [...seen].sort() };
}

/** Keeps the connections of a page where the test finds them. */
export function keepsConnections(): void {
  const Real = window.RTCPeerConnection;
  const made: RTCPeerConnection[] = [];
  Object.assign(window, { made });
  window.RTCPeerConnection = class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      made.push(this);
    }
  };
}

/** A client whose microphone is open whatever the page wants. */
function neverMutes(): void {
  Object.defineProperty(MediaStreamTrack.prototype, "enabled", { get: () => true, set: () => {} });
}

/** Notes when the page is told of something that changes who is received, and what had been received until then; and whom its slots carry. */
export function notesChanges(): void {
  const kinds = ["phase", "floor", "question", "roll", "opinion", "shield", "mediation"];
  const noted: Noted = { times: {}, counted: Promise.resolve([]), slots: {} };
  const page = Object.assign(window as unknown as { counts(): Promise<Counted[]>; made: RTCPeerConnection[] }, {
    noted,
    counts: async () => {
      const open = page.made.filter((line) => line.connectionState === "connected");
      const reports = await Promise.all(open.map((line) => line.getStats()));
      return reports.flatMap((report) => [...report.values()])
        .filter(({ type }) => type === "inbound-rtp")
        .map(({ kind, mid, packetsReceived }) => ({ kind, mid, packets: packetsReceived }));
    },
  });
  const Real = window.WebSocket;
  const sockets: WebSocket[] = [];
  Object.assign(window, { sockets });
  window.WebSocket = class extends Real {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      sockets.push(this);
      this.addEventListener("message", ({ data }) => {
        const { snapshot, events, slots } = JSON.parse(data) as {
          snapshot?: object;
          events?: { events: { event: object }[] };
          slots?: { slots: Record<string, string> };
        };
        if (slots !== undefined) noted.slots = slots.slots;
        const told = snapshot !== undefined ? kinds : (events?.events ?? []).flatMap(({ event }) => Object.keys(event)).filter((kind) => kinds.includes(kind));
        if (told.length === 0) return;
        for (const kind of told) noted.times[kind] = (noted.times[kind] ?? 0) + 1;
        noted.counted = page.counts();
      });
    }
  };
}

/** What was received on each slot of the connection that is open. */
async function received(): Promise<Counted[]> {
  return (window as unknown as { counts(): Promise<Counted[]> }).counts();
}

async function sentSound(): Promise<number> {
  const open = (window as unknown as { made: RTCPeerConnection[] }).made.filter((line) => line.connectionState === "connected");
  const reports = await Promise.all(open.map((line) => line.getStats()));
  const sent = reports.flatMap((report) => [...report.values()]).filter(({ type, kind }) => type === "outbound-rtp" && kind === "audio");
  return sent.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
}

/** The microphone gives nothing more, whatever the page wants; and again. */
export async function silence(): Promise<void> {
  for (const line of (window as unknown as { made: RTCPeerConnection[] }).made) {
    for (const sender of line.getSenders().filter(({ track }) => track?.kind === "audio")) {
      Object.assign(sender, { was: sender.track });
      await sender.replaceTrack(null);
    }
  }
}

export async function speakAgain(): Promise<void> {
  for (const line of (window as unknown as { made: RTCPeerConnection[] }).made) {
    for (const sender of line.getSenders()) {
      const { was } = sender as unknown as { was?: MediaStreamTrack };
      if (was !== undefined) await sender.replaceTrack(was);
    }
  }
}

/** The microphone is switched off beneath the page: the browser goes on sending, and all of it is silence; and on again. */
export function switchOff(off: boolean): void {
  for (const line of (window as unknown as { made: RTCPeerConnection[] }).made) {
    for (const { track } of line.getSenders()) if (track?.kind === "audio") track.enabled = !off;
  }
}

/** How much sound has come to a page. */
export async function loudness(): Promise<number> {
  const open = (window as unknown as { made: RTCPeerConnection[] }).made.filter((line) => line.connectionState === "connected");
  const reports = await Promise.all(open.map((line) => line.getStats()));
  const came = reports.flatMap((report) => [...report.values()]).filter(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
  return came.reduce((sum, { totalAudioEnergy }) => sum + (totalAudioEnergy ?? 0), 0);
}
