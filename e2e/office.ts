// What the office does before a hearing, through the public API: registering it, seating everybody, approval, notices,
// invitations. Takes a script in the format of `fengqiao rehearse`.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Server } from "./server";

export interface Script {
  title: string;
  case: { issues: { id: string; text: string }[] } & Record<string, unknown>;
  hearing: Record<string, unknown>;
  seats: Seat[];
  steps: Step[];
  expect: Expected;
}

export interface Seat {
  id: string;
  capacity: string;
  name: string;
  side?: string;
  for?: string;
}

/** A step: who does what, with the keys that the verb asks for. */
export interface Step {
  by: string;
  do: string;
  as?: string;
  of?: string;
  refused?: boolean | string;
  [key: string]: any;
}

export interface Expected {
  record_lines: { at_least: number };
  tally: Record<string, Record<string, number | string>>;
  signatures: { signed: string[]; refused: string[] };
  secrets: { text: string; seen_by: string[] }[];
  file: { main_volume_has: string[]; main_volume_lacks: string[]; confidential_volume_has: string[] };
}

export function script(file: string): Script {
  return JSON.parse(readFileSync(file, "utf8"));
}

export interface Invitation {
  seat: string;
  link: string;
  tail: string;
}

/** Somebody of the staff, signed in. */
export class Staff {
  private constructor(private readonly origin: string, private readonly cookie: string) {}

  static async signIn(server: Server, name: string): Promise<Staff> {
    const password = passwordOf(server.demo, name);
    const answer = await fetch(`${server.origin}/api/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.origin },
      body: JSON.stringify({ name, password }),
    });
    if (!answer.ok) throw new Error(`${name} cannot sign in: ${answer.status} ${await answer.text()}`);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    return new Staff(server.origin, cookies.join("; "));
  }

  async post(path: string, body: unknown): Promise<any> {
    const answer = await fetch(`${this.origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: this.cookie, origin: this.origin },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async command(hearing: string, command: unknown): Promise<void> {
    await this.post(`/api/hearings/${hearing}/commands`, { id: randomUUID(), command });
  }
}

/** The password of a member of the demonstration's staff. */
export function passwordOf(demo: any, name: string): string {
  const found = demo.accounts.find((account: { name: string }) => account.name === name);
  if (found === undefined) throw new Error(`demo.json knows no ${name}`);
  return found.password;
}

/** Prepares the hearing of a script up to the invitations. */
export async function prepare(server: Server, script: Script): Promise<{ hearing: string; invitations: Invitation[] }> {
  const handler = await Staff.signIn(server, "handler");
  const chief = await Staff.signIn(server, "chief");
  const { id: hearing } = await handler.post("/api/hearings", { case: script.case, hearing: script.hearing });
  for (const seat of script.seats) await handler.command(hearing, { plan: { seat } });
  await chief.command(hearing, { plan: { approve: {} } });
  await handler.command(hearing, { plan: { notify: { reason: "演示用听证" } } });
  if (script.hearing.openness === "public") await handler.command(hearing, { plan: { publish: {} } });
  const invitations: Invitation[] = [];
  for (const [n, seat] of script.seats.entries()) {
    const tail = String(1000 + n);
    const { link } = await handler.post(`/api/hearings/${hearing}/invitations`, { seat: seat.id, phone_tail: tail });
    invitations.push({ seat: seat.id, link, tail });
  }
  return { hearing, invitations };
}
