// The office before the hearing, by the HTTP API: a hearing of a script is registered, seated, approved and notified,
// and everybody is invited whom the plan allows.

import { randomUUID } from "node:crypto";

import type { Invitation, Script } from "./script";
import type { Server } from "./server";

/** A member of the staff who has signed in. */
class Staff {
  private constructor(
    private readonly origin: string,
    private readonly cookie: string,
  ) {}

  static async signsIn({ origin, demo }: Server, name: string): Promise<Staff> {
    const account = demo.accounts.find((known) => known.name === name);
    if (account === undefined) throw new Error(`nobody is called ${name}`);
    const answer = await new Staff(origin, "").post("/api/sign-in", { name, password: account.password });
    return new Staff(origin, answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; "));
  }

  async post(path: string, body: object): Promise<Response> {
    const answer = await fetch(`${this.origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: this.origin, cookie: this.cookie },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} ${JSON.stringify(body)}: ${await answer.text()}`);
    return answer;
  }

  async plans(hearing: string, plan: object): Promise<void> {
    await this.post(`/api/hearings/${hearing}/commands`, { id: randomUUID(), command: { plan } });
  }
}

/** Prepares the hearing of a script. A seat that the plan refuses has no invitation. */
export async function prepare(server: Server, { case: heard, hearing: setting, seats }: Script): Promise<Invitation[]> {
  const handler = await Staff.signsIn(server, "handler");
  const chief = await Staff.signsIn(server, "chief");
  const registered = await handler.post("/api/hearings", { case: heard, hearing: setting });
  const { id } = await registered.json();
  const seated: string[] = [];
  for (const seat of seats) {
    const refused = await handler.plans(id, { seat }).catch((reason: Error) => reason);
    if (refused === undefined) seated.push(seat.id);
  }
  await chief.plans(id, { approve: { note: "" } });
  await handler.plans(id, { notify: { reason: "测试：即时召开。" } });
  if (setting.openness === "public") await handler.plans(id, { publish: {} });
  const invitations: Invitation[] = [];
  for (const [place, seat] of seated.entries()) {
    const phone_tail = String(3001 + place);
    const invited = await handler.post(`/api/hearings/${id}/invitations`, { seat, phone_tail });
    invitations.push({ seat, phone_tail, link: (await invited.json()).link });
  }
  return invitations;
}
