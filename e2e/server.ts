// A server of its own for a test: the installed binary on a free port and an empty data folder, which can be killed
// without a goodbye and started again on what it had written.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { Demo } from "./script";

const ROOT = resolve(import.meta.dirname, "..");
const BINARY = process.env.FENGQIAO_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release/fengqiao");
const SITE = process.env.FENGQIAO_SITE ?? join(ROOT, "target/site");
const START_MS = 30_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "fengqiao-"));
  private process?: ChildProcess;
  private said = "";

  private constructor(
    private readonly port: number,
    private readonly options: string[],
    private readonly kind: string[],
  ) {}

  static async start(options: string[] = []): Promise<Server> {
    const server = new Server(await freePort(), options, ["--demo"]);
    await server.run();
    return server;
  }

  /** A server as on its first day: nobody has an account, nothing is prepared. */
  static async fresh(options: string[] = []): Promise<Server> {
    const server = new Server(await freePort(), options, []);
    await server.run();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sign-in details and links of the demonstration office. */
  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.folder, "demo.json"), "utf8"));
  }

  /** What it said last. */
  get log(): string {
    return this.said;
  }

  /** Starts it, or starts it again on the same folder. */
  async run(): Promise<void> {
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", this.folder, "--site", SITE,
      ...this.kind, ...this.options];
    const running = spawn(BINARY, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    this.process = running;
    for (const stream of [running.stdout, running.stderr]) {
      stream.on("data", (bytes: Buffer) => (this.said = (this.said + bytes.toString()).slice(-20_000)));
    }
    const until = Date.now() + START_MS;
    while (Date.now() < until && running.exitCode === null) {
      const answer = await fetch(`${this.origin}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(50);
    }
    throw new Error(`the server did not start:\n${this.said}`);
  }

  /** As when the power fails: kill -9. */
  async kill(): Promise<void> {
    const running = this.process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill("SIGKILL");
    await once(running, "exit");
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs `fengqiao verify` on a file, and on the recordings in a folder: its status and what it says. */
  async verify(file: string, recordings?: string): Promise<{ status: number | null; said: string }> {
    const more = recordings === undefined ? [] : ["--recordings", recordings];
    const run = spawn(BINARY, ["verify", file, ...more], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [run.stdout, run.stderr]) stream.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const [status] = await once(run, "close");
    return { status, said };
  }
}
