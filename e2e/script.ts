// A hearing written down step by step, in the format of `fengqiao rehearse`, and what the demonstration office made of
// it: accounts, and an invitation for each seat.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

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
  record_lines?: { at_least: number };
  tally: Record<string, Record<string, number | string>>;
  signatures?: { signed: string[]; refused: string[] };
  secrets: { text: string; seen_by: string[] }[];
  file: { main_volume_has?: string[]; main_volume_lacks?: string[]; confidential_volume_has?: string[] };
}

function script(name: string): Script {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, `../server/demo/${name}.json`), "utf8"));
}

/** The demonstration's hearing: public, ordinary, a tally and a correction. */
export const CHEN = script("chen");

/** A closed hearing about a child: a recusal, a disallowed question, no majority. */
export const ZHOU = script("zhou");

/** What `demo.json` holds. */
export interface Demo {
  accounts: { name: string; role: string; password: string }[];
  hearing: string;
  seats: Invitation[];
}

export interface Invitation {
  seat: string;
  link: string;
  phone_tail: string;
}
