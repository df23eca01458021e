// The video link through a relay, where nothing else gets through: a real coturn that knows the server's secret, or another.

import { spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "@playwright/test";

import { expect, Person, test as base } from "./court";
import { keepsConnections, loudness, OPTIONS } from "./link";
import { CHEN } from "./script";
import { freePort, Server } from "./server";
import { Wire } from "./wire";

const TURNSERVER = process.env.FENGQIAO_TURNSERVER || "/usr/bin/turnserver";
/** The line of the server's file. */
const SECRET = "north";
/** After this step of the script the first statement begins: a1 has the floor. */
const A1_SPEAKS = 34;
const START_MS = 60_000;
const SLOW_MS = { timeout: 60_000 };
/** Two tries of a link that does not open, and the pauses between them. */
const BLOCKED_MS = { timeout: 120_000 };

/** A coturn on this machine, on a free port. */
class Relay {
  private said = "";

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly process: ChildProcess,
  ) {
    for (const stream of [process.stdout!, process.stderr!]) stream.on("data", (bytes: Buffer) => (this.said += bytes.toString()));
  }

  static async starts(secret: string): Promise<Relay> {
    const folder = mkdtempSync(join(tmpdir(), "fengqiao-relay-"));
    writeFileSync(join(folder, "secret"), `${SECRET}\n`);
    const port = await freePort();
    const relay = new Relay(folder, port, spawn(TURNSERVER, [
      "-n", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", String(port), "--allow-loopback-peers",
      "--use-auth-secret", "--static-auth-secret", secret, "--realm", "relay.example",
      "--no-tls", "--no-dtls", "--no-cli", "--verbose", "--log-file", "stdout",
      "--userdb", join(folder, "users"), "--pidfile", join(folder, "pid"),
    ]));
    const until = Date.now() + START_MS;
    while (!(await relay.answers())) {
      if (Date.now() < until && relay.process.exitCode === null) continue;
      await relay.ends();
      throw new Error(`the relay did not start:\n${relay.said}`);
    }
    return relay;
  }

  /** What our server is told of it. */
  get options(): string[] {
    return ["--turn-urls", `turn:127.0.0.1:${this.port}`, "--turn-secret", join(this.folder, "secret")];
  }

  /** What it said. */
  get log(): string {
    return this.said;
  }

  /** Whether it answers the least that can be asked (RFC 8489, a binding request). */
  private async answers(): Promise<boolean> {
    const socket = createSocket("udp4");
    const answer = once(socket, "message", { signal: AbortSignal.timeout(500) }).then(() => true, () => false);
    socket.send(Buffer.from("000100002112a442" + "00".repeat(12), "hex"), this.port, "127.0.0.1");
    const answered = await answer;
    socket.close();
    return answered;
  }

  async ends(): Promise<void> {
    if (this.process.exitCode === null && this.process.kill("SIGKILL")) await once(this.process, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A relay that knows that secret, and a server that sends seats to it. */
const test = base.extend<{ secret: string; relay: Relay }>({
  secret: [SECRET, { option: true }],
  relay: async ({ secret }, use, testInfo) => {
    const relay = await Relay.starts(secret);
    await use(relay);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach("relay", { body: relay.log });
    await relay.ends();
  },
  server: async ({ relay }, use, testInfo) => {
    const server = await Server.start([...OPTIONS, ...relay.options]);
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach("server", { body: server.log });
    await server.end();
  },
});

// A machine without Debian's packages has none; where every change is tested it must be there.
test.skip(!existsSync(TURNSERVER) && process.env.CI === undefined, `no ${TURNSERVER}`);

test("whose network lets nothing out but to the relay is heard and seen through it, and hears and sees", async ({ browser, server }) => {
  test.setTimeout(480_000);
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, A1_SPEAKS);
  const [party, chair] = [await behindTheRelay(browser, server, "a1"), await Person.comes(browser, "chair", server.origin)];
  await chair.context.addInitScript(keepsConnections);
  for (const person of [party, chair]) {
    await wire.lends(person, person.name);
    await person.part("video-on").click();
    await expect(person.part("video"), person.name).toHaveAttribute("data-state", "open", SLOW_MS);
  }
  expect(await party.page.evaluate(ways)).toEqual(["relay"]);
  expect(await chair.page.evaluate(ways), "nobody else needs it").toEqual(["host"]);
  for (const [person, other] of [[party, "chair"], [chair, "a1"]] as const) {
    await expect(person.part(`tile-${other}`).locator(".live"), `${person.name} sees ${other}`).toBeVisible(SLOW_MS);
    const before = await person.page.evaluate(loudness);
    const more = async () => (await person.page.evaluate(loudness)) - before;
    await expect.poll(more, { message: `${person.name} hears ${other}`, ...SLOW_MS }).toBeGreaterThan(0.001);
  }
  expect([...party.complaints, ...chair.complaints]).toEqual([]);
});

test.describe("with another secret", () => {
  test.use({ secret: "south" });

  test("the relay takes nobody, and whoever needs it is told so with what still works", async ({ browser, server, relay }) => {
    test.setTimeout(480_000);
    const wire = await Wire.arrives(CHEN, server, []);
    await wire.plays(1, A1_SPEAKS);
    const party = await behindTheRelay(browser, server, "a1");
    await wire.lends(party, "a1");
    await party.part("video-on").click();
    await expect(party.part("video-trouble")).toContainText("由书记员代读", BLOCKED_MS);
    await expect(party.part("video-trouble")).toContainText("12309");
    await expect(party.part("video"), "it goes on trying").toHaveAttribute("data-state", "lost");
    expect(await party.page.evaluate(ways)).toEqual([]);
    expect(relay.log, "it was asked in the name of the seat, and refused").toMatch(/user <\d+:a1>.* error 401/);
    expect(relay.log).not.toContain("ALLOCATE processed, success");
  });
});

/** Somebody whose browser gets through to the relay alone. */
async function behindTheRelay(browser: Browser, server: Server, seat: string): Promise<Person> {
  const person = await Person.comes(browser, seat, server.origin);
  await person.context.addInitScript(() => {
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
  });
  await person.context.addInitScript(keepsConnections);
  return person;
}

/** By which way the connections of a page that are open go. */
async function ways(): Promise<string[]> {
  const open = (window as unknown as { made: RTCPeerConnection[] }).made.filter((line) => line.connectionState === "connected");
  const reports = await Promise.all(open.map((line) => line.getStats()));
  return reports.flatMap((report) => {
    const all = [...report.values()];
    const used = all.filter(({ type }) => type === "transport").map(({ selectedCandidatePairId }) => report.get(selectedCandidatePairId));
    return used.map(({ localCandidateId }) => report.get(localCandidateId).candidateType);
  });
}
