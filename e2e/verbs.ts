// How a person does at the desk what a script asks for: through the parts of the page that they would use.

import type { Locator } from "@playwright/test";

import { expect, type Person } from "./court";
import type { Invitation, Script, Step } from "./script";

/** The people of a hearing at their browsers, and what the steps so far have made. */
export class Play {
  private readonly texts = new Map<string, string>();
  private readonly exhibits = new Map<string, number>();

  constructor(
    readonly script: Script,
    private readonly invitations: Invitation[],
    readonly people: Map<string, Person>,
  ) {}

  person(seat: string): Person {
    const person = this.people.get(seat);
    if (person === undefined) throw new Error(`nobody sits in ${seat}`);
    return person;
  }

  /** Does one step as its author would. */
  async does(step: Step): Promise<void> {
    const verb = VERBS[step.do];
    if (verb === undefined) throw new Error(`no part of the page does ${step.do}`);
    await verb(this, this.person(step.by), step);
    this.knows(step);
  }

  /** What was said or asked, here or elsewhere, can be spoken of by its name. */
  knows(step: Step): void {
    if (step.as !== undefined && step.text !== undefined) this.texts.set(step.as, step.text);
    if (step.as !== undefined && step.do === "exhibit" && !this.exhibits.has(step.as)) this.exhibits.set(step.as, this.exhibits.size + 1);
  }

  /** A step that the page must not let its author do: the part is not there, or it is dead and says why. */
  async cannot(step: Step): Promise<void> {
    // Who was never invited has no page to try it on.
    if (step.do === "arrive") return void expect(this.invitations.find(({ seat }) => seat === step.by)).toBeUndefined();
    const person = this.person(step.by);
    if (step.do === "advance" && (await person.part("next-step").getAttribute("data-next")) !== pascal(step.to)) return;
    const id = BUTTONS[step.do];
    if (id === undefined) throw new Error(`no button is known for ${step.do}`);
    const button = person.page.locator(`[data-testid="${id}"]`);
    if ((await button.count()) === 0) return;
    await expect(button.first()).toHaveAttribute("aria-disabled", "true");
  }

  made(name: string | undefined): string {
    const text = this.texts.get(name ?? "");
    if (text === undefined) throw new Error(`nothing was made as ${name}`);
    return text;
  }

  laid(name: string): number {
    const number = this.exhibits.get(name);
    if (number === undefined) throw new Error(`nothing was laid as ${name}`);
    return number;
  }

  lay(name: string): void {
    this.exhibits.set(name, this.exhibits.size + 1);
  }

  invitation(seat: string): Invitation {
    const found = this.invitations.find((invitation) => invitation.seat === seat);
    if (found === undefined) throw new Error(`nobody invited ${seat}`);
    return found;
  }

  isPanellist(seat: string): boolean {
    return this.seat(seat).capacity === "panellist";
  }

  /** The seat whose name stands in a text. */
  seatNamedIn(text: string): string {
    const found = this.script.seats.find(({ name }) => text.includes(name));
    if (found === undefined) throw new Error(`nobody is named in: ${text}`);
    return found.id;
  }

  nameOf(seat: string): string {
    return this.seat(seat).name;
  }

  private seat(seat: string) {
    const found = this.script.seats.find(({ id }) => id === seat);
    if (found === undefined) throw new Error(`the script has no seat ${seat}`);
    return found;
  }
}

/** `final-statements` as the page writes it: `FinalStatements`. */
function pascal(phase: string): string {
  return phase.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Buttons that stand for a verb, where a script tries what it may not. */
const BUTTONS: Record<string, string> = {
  say: "say-send",
  ask: "ask-send",
  discuss: "discuss-send",
  opine: "sheet-i1-send",
  answer: "to-answer",
  open: "next",
  advance: "next",
  rule: "grant",
  "deliver-opinion": "deliver-send",
};

/** Brings a part into sight as a person would: by the tabs and folds of the desk. */
export async function find(person: Person, part: Locator): Promise<Locator> {
  const found = part.first();
  await expect(async () => {
    if (await found.isVisible()) return;
    const tabs = person.page.getByRole("tab");
    for (let n = 0; n < (await tabs.count()); n += 1) {
      await tabs.nth(n).click();
      if (await found.isVisible()) return;
      await unfold(person, found);
      if (await found.isVisible()) return;
    }
    await unfold(person, found);
    expect(await found.isVisible()).toBe(true);
  }).toPass({ timeout: 45_000, intervals: [100, 250, 500, 1000] });
  return found;
}

async function unfold(person: Person, part: Locator): Promise<void> {
  const folds = person.page.locator("details:not([open])").filter({ has: part });
  if ((await folds.count()) > 0) await folds.first().locator("summary").first().click({ timeout: 1000 }).catch(() => {});
}

async function press(person: Person, id: string): Promise<void> {
  await (await find(person, person.part(id))).click();
}

async function write(person: Person, id: string, text: string): Promise<void> {
  await (await find(person, person.part(id))).fill(text);
  await press(person, `${id}-send`);
  await sent(person, id);
}

/** The field is empty again, or has gone with what was to be written. */
async function sent(person: Person, id: string): Promise<void> {
  const left = () => person.part(id).evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value).join(""));
  await expect.poll(left).toBe("");
}

/** Presses a button that asks for a reason, gives it, and sends. */
async function withReason(person: Person, button: Locator, reason: string): Promise<void> {
  const found = await find(person, button);
  const id = await found.getAttribute("data-testid");
  await found.click();
  await person.part(`${id}-reason`).fill(reason);
  await person.part(`${id}-reason-send`).click();
  await expect(person.part(`${id}-reason`)).toBeHidden();
}

function card(person: Person, kind: string, text: string): Locator {
  return person.page.locator(`article[data-testid^="${kind}-"]`).filter({ hasText: text });
}

type Verb = (play: Play, person: Person, step: Step) => Promise<void>;

const VERBS: Record<string, Verb> = {
  arrive: async (play, person, { by }) => {
    const { link, phone_tail } = play.invitation(by);
    await person.page.goto(link);
    await person.part("phone-tail").fill(phone_tail);
    await person.part("accept-invitation").click();
    await person.part("accept").check();
    if (play.isPanellist(by)) await person.part("declare").check();
    await person.part("arrive").click();
    await expect(person.part("arrival")).toBeHidden();
  },
  admit: async (_, person, { seat }) => {
    await press(person, `admit-${seat}`);
    await expect(person.part(`waiting-${seat}`)).toHaveCount(0);
  },
  open: async (_, person) => press(person, "next"),
  advance: async (_, person) => press(person, "next"),
  "give-floor": async (_, person, { seat, seconds }) => {
    const hand = person.part(`give-${seat}`);
    if ((await hand.count()) > 0 && seconds === undefined) {
      await (await find(person, hand)).click();
    } else {
      await (await find(person, person.part("give-to"))).selectOption(seat);
      if (seconds !== undefined) await person.part("give-minutes").fill(String(seconds / 60));
      await person.part("give").click();
    }
    await expect(person.part("speaker")).toHaveAttribute("data-holder", seat);
  },
  "take-floor": async (_, person) => press(person, "take-floor"),
  recess: async (_, person, { reason }) => withReason(person, person.part("recess"), reason),
  resume: async (_, person) => press(person, "resume"),
  drop: async (_, person) => {
    await person.context.setOffline(true);
    await expect(person.part("lost")).toBeVisible({ timeout: 30_000 });
  },
  rejoin: async (_, person) => {
    await person.context.setOffline(false);
    await expect(person.part("lost")).toHaveCount(0, { timeout: 30_000 });
  },
  say: async (_, person, { text }) => write(person, "say", text),
  "raise-hand": async (_, person) => {
    await press(person, "raise-hand");
    await expect(person.part("lower-hand").first()).toBeVisible();
  },
  exhibit: async (play, person, { title, content, as }) => {
    await (await find(person, person.part("lay-title"))).fill(title);
    await write(person, "lay-text", content);
    play.lay(as ?? title);
  },
  show: async (play, person, { of }) => {
    await press(person, `show-${play.laid(of ?? "")}`);
    await expect(person.part("shown").first()).toBeVisible();
  },
  move: async (play, person, { kind, text }) => {
    await (await find(person, person.part("motion-kind"))).selectOption(kind);
    if (kind === "recusal") await person.part("motion-whom").selectOption(play.seatNamedIn(text));
    await write(person, "motion", text);
  },
  rule: async (play, person, { of, granted, reason }) => {
    const button = card(person, "motion", play.made(of)).locator(`[data-testid^="${granted ? "grant" : "deny"}-"]`);
    await withReason(person, button, reason);
  },
  ask: async (_, person, { to, text }) => {
    await (await find(person, person.part("ask-to"))).selectOption(to);
    await write(person, "ask", text);
  },
  "admit-question": async (play, person, { of }) => {
    const button = card(person, "question", play.made(of)).locator('[data-testid^="admit-question-"]');
    await (await find(person, button)).click();
    await expect(button).toHaveCount(0);
  },
  "disallow-question": async (play, person, { of, reason }) => {
    await withReason(person, card(person, "question", play.made(of)).locator('[data-testid^="disallow-"]').first(), reason);
  },
  answer: async (play, person, { of, text }) => {
    const asked = person.part("to-answer").filter({ hasText: play.made(of) });
    await (await find(person, asked.locator("textarea"))).fill(text);
    await asked.getByRole("button").first().click();
    await expect(asked).toHaveCount(0);
  },
  record: async (play, person, { speaker, text }) => {
    await (await find(person, person.part("speakers").getByRole("button").filter({ hasText: play.nameOf(speaker) }))).click();
    await person.part("editor").fill(text);
    await person.part("commit").click();
    await expect(person.part("editor")).toHaveValue("");
  },
  seal: async (_, person) => {
    await press(person, "seal");
    await (await find(person, person.part("sealed-file"))).isVisible();
  },
  discuss: async (_, person, { text }) => write(person, "discuss", text),
  opine: async (_, person, { issue, position, reason }) => {
    const change = person.part(`change-${issue}`);
    if ((await person.part(`filed-${issue}`).getAttribute("data-filed")) === "true") await (await find(person, change)).click();
    await (await find(person, person.part(`position-${issue}-${position}`))).check();
    await write(person, `sheet-${issue}`, reason);
    await expect(person.part(`filed-${issue}`)).toHaveAttribute("data-filed", "true");
    await expect(change).toBeVisible();
  },
  "choose-speaker": async (_, person, { seat }) => {
    await (await find(person, person.part("speaker-whom"))).selectOption(seat);
    await press(person, "choose-speaker");
    await expect(person.part("chosen")).toBeVisible();
  },
  "deliver-opinion": async (_, person, { text }) => write(person, "deliver", text),
  decide: async (_, person, { when, adopts_majority, text, reasons }) => {
    await (await find(person, person.part(`when-${when}`))).check();
    await person.part(`follows-${adopts_majority ? "yes" : "no"}`).check();
    await person.part("decision-reasons").fill(reasons);
    await person.part("decision-text").fill(text);
    await press(person, "decision-text-send");
    await expect(person.part("announced")).toBeVisible();
  },
  correct: async (play, person, { line, text, reason }) => {
    await readsTheRecord(person);
    const row = person.part("record-to-sign").locator("[data-line]").filter({ hasText: play.made(line) });
    await row.getByTestId(/^correct-/).click();
    await person.part("correct-text").fill(text);
    await person.part("correct-reason").fill(reason);
    await person.part("correct-send").click();
    await expect(person.part("asked-for")).toContainText(text);
    await backToTheRoom(person);
  },
  "rule-correction": async (_, person, { granted, reason }) => {
    const verb = granted ? "grant" : "deny";
    await withReason(person, person.page.locator(`button[data-testid^="${verb}-correction-"]`), reason);
  },
  "sign-record": async (play, person, { by }) => {
    await readsTheRecord(person);
    await signsByHand(person, play.invitation(by).phone_tail);
    await backToTheRoom(person);
    await expect(person.part("signature")).toBeVisible();
  },
  "refuse-to-sign": async (_, person, { reason }) => {
    await readsTheRecord(person);
    await person.part("sign-refuse").click();
    await person.part("refuse-reason").fill(reason);
    await person.part("refuse-send").click();
    await expect(person.part("sign-refused")).toBeVisible();
    await backToTheRoom(person);
    await expect(person.part("signature")).toBeVisible();
  },
};

/** From the desk to the page where the record is read and signed. */
export async function readsTheRecord(person: Person): Promise<void> {
  await (await find(person, person.part("to-sign"))).click();
  await expect(person.part("record-to-sign")).toBeVisible();
}

/** Signs by hand, from the record that has been read. */
export async function signsByHand(person: Person, phone_tail: string): Promise<void> {
  await person.part("sign-next").click();
  await person.part("sign-tail").fill(phone_tail);
  await person.part("sign-on").click();
  await draws(person);
  await person.part("sign").click();
  await expect(person.part("sign-done")).toBeVisible();
}

/** Writes something like a name on the field. */
export async function draws(person: Person): Promise<void> {
  const pad = person.part("pad");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) throw new Error("there is no field to write on");
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  for (const stroke of [[[0.2, 0.3], [0.3, 0.7], [0.4, 0.3]], [[0.5, 0.5], [0.8, 0.5]]] as const) {
    await person.page.mouse.move(...at(...stroke[0]));
    await person.page.mouse.down();
    for (const point of stroke) await person.page.mouse.move(...at(...point), { steps: 5 });
    await person.page.mouse.up();
  }
}

async function backToTheRoom(person: Person): Promise<void> {
  await person.part("to-room").click();
  await person.isConnected();
}
