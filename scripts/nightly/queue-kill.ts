/**
 * Kills phones, ten thousand times: each process dies by SIGKILL at a named point of the client, or at any moment from
 * outside, and the next one goes on with its folder; now and then a folder is copied, as a restored backup or a clone,
 * with its secrets or without them, and an ingest server dies too. In the end everything that a phone had recorded is in
 * the log, once, each install with one proof.
 *
 *     node scripts/nightly/queue-kill.ts [--kills 10000] [--seed 1]
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readLog } from "@tideline/pipeline";
import { build } from "esbuild";
import { CRASH_POINTS } from "@tideline/device";
import { runServer, type RunningServer } from "../../test/ingest/run-server.ts";
import type { PhoneOrder } from "./queue/order.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const wanted = Number(values.kills);

/** mulberry32, so that a run can be repeated (the moments of outside kills apart). */
let state = Number(values.seed) >>> 0;
function random(below: number): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) % below;
}

/** Points that this phone comes by: it has no releases. */
const POINTS = CRASH_POINTS.filter((point) => !point.startsWith("update."));
/** Phones at work at a time, and kills after which a folder is sent empty and left. */
const [LANES, KILLS_A_PHONE, KILLS_A_SERVER] = [2, 50, 1500];
/** Starts of a phone that is sent empty, each a second at most: a server is back within a few of them. */
const LAST_STARTS = 100;

const folder = mkdtempSync(join(tmpdir(), "tideline-kill-"));
/** The phone in one file: it starts in a third of the time. */
const script = join(folder, "phone.mjs");
const cache = join(tmpdir(), "tideline-compile-cache");
const recorded = new Set<string>();
const kills: Record<string, number> = {};
let killed = 0;
let phones = 0;
/** Copies that took the secrets along, and that did not. */
const copies = { withSecret: 0, without: 0 };
let servers = 0;
let server: RunningServer;

async function startServer(): Promise<void> {
  servers += 1;
  server = await runServer({ folder: join(folder, "server"), epoch: servers });
}

/** Runs a phone process to its end, whatever that is; true when it was killed. */
function runPhone(order: PhoneOrder, killAfterMs: number | null): Promise<boolean | "waiting"> {
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on("close", (status, signal) => {
      if (timer !== null) clearTimeout(timer);
      const lines = output.split("\n");
      // A last line without its end was not printed whole: nobody was told of that event.
      for (const line of lines.slice(0, -1)) recorded.add(line);
      if (signal === "SIGKILL") resolve(true);
      else if (status === 0) resolve(false);
      else if (status === 75) resolve("waiting");
      else reject(new Error(`a phone ended with ${status ?? signal}: ${errors}`));
    });
  });
}

/** Kills one phone again and again, then lets it finish; its folder may be copied on the way. */
async function lane(number: number): Promise<void> {
  while (killed < wanted) {
    phones += 1;
    const phone = `p${phones}`;
    const places = [{ path: join(folder, phone), instance: phone }];
    for (let run = 0; run < KILLS_A_PHONE && killed < wanted; run += 1) {
      const place = places[random(places.length)]!;
      const fromOutside = random(5) === 0;
      const dieAt = fromOutside ? null : POINTS[random(POINTS.length)]!;
      const order: PhoneOrder = {
        folder: place.path,
        collect: server.address,
        instance: place.instance,
        label: `${number}-${phone}-${place.instance}-${run}`,
        dieAt,
        pass: 1 + random(4),
        events: 1 + random(6),
      };
      if ((await runPhone(order, fromOutside ? 120 + random(400) : null)) !== true) continue;
      killed += 1;
      const cause = dieAt ?? "from outside";
      kills[cause] = (kills[cause] ?? 0) + 1;
      if (killed % 500 === 0) console.error(`${killed} of ${wanted} kills, ${recorded.size} events`);
      if (number === 0 && killed % KILLS_A_SERVER < LANES && servers <= killed / KILLS_A_SERVER) {
        server.kill();
        await server.ended;
        await startServer();
      }
      if (places.length < 3 && random(40) === 0) {
        const copy = {
          path: join(folder, `${phone}-copy${places.length}`),
          instance: `${phone}c${places.length}`,
        };
        cpSync(place.path, copy.path, { recursive: true });
        const secrets = readdirSync(copy.path).filter((name) => name.startsWith("secure-"));
        const kind = random(2) === 0 ? "withSecret" : "without";
        if (kind === "without") for (const name of secrets) rmSync(join(copy.path, name));
        if (secrets.length > 0) copies[kind] += 1;
        places.push(copy);
      }
    }
    for (const { path, instance } of places) {
      const last = (): PhoneOrder => ({
        folder: path,
        collect: server.address,
        instance,
        label: `${number}-${phone}-${instance}-last`,
        dieAt: null,
        pass: 0,
        events: 0,
      });
      // A folder goes only once nothing waits in it.
      let starts = 0;
      while ((await runPhone(last(), null)) !== false) {
        starts += 1;
        if (starts === LAST_STARTS)
          throw new Error(`something still waits in ${path} after ${starts} starts`);
      }
      rmSync(path, { recursive: true });
    }
  }
}

await build({
  entryPoints: [new URL("./queue/phone-process.ts", import.meta.url).pathname],
  outfile: script,
  bundle: true,
  format: "esm",
  platform: "node",
  logLevel: "warning",
});
await startServer();
try {
  const began = Date.now();
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
  await server!.stop();
  const stored = new Map<string, number>();
  const proofs = new Map<string, Set<string>>();
  let duplicates = 0;
  let quarantined = 0;
  for await (const { record } of readLog(join(folder, "server"), null)) {
    duplicates += record.duplicates;
    proofs.set(record.install, (proofs.get(record.install) ?? new Set()).add(record.proof ?? "none"));
    quarantined += record.quarantined.length;
    for (const { properties } of record.events) {
      const target = properties["target"] as string;
      stored.set(target, (stored.get(target) ?? 0) + 1);
    }
  }
  const lost = [...recorded].filter((target) => !stored.has(target));
  const doubled = [...stored].filter(([, count]) => count > 1).map(([target]) => target);
  const disputed = [...proofs].filter(([, known]) => known.size > 1 || known.has("none"));
  const report = {
    kills: killed,
    byPoint: kills,
    phones,
    copies,
    servers,
    installs: proofs.size,
    recorded: recorded.size,
    stored: stored.size,
    lost: lost.length,
    doubled: doubled.length,
    quarantined,
    disputedProofs: disputed.length,
    duplicatesReceived: duplicates,
    seconds: Math.round((Date.now() - began) / 1000),
  };
  console.log(JSON.stringify(report));
  if (lost.length + doubled.length + quarantined + disputed.length > 0 || recorded.size === 0) {
    console.error(`lost: ${lost.slice(0, 10).join(", ")}; doubled: ${doubled.slice(0, 10).join(", ")}`);
    console.error(
      `installs without a proof of their own: ${disputed.map(([install]) => install).join(", ")}`,
    );
    process.exitCode = 1;
  }
} finally {
  server!.kill();
  rmSync(folder, { recursive: true, force: true });
}
