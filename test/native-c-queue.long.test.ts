import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSamples, type FrameReference } from "@tideline/spec";
import { readLog } from "../packages/pipeline/src/ingest/index.ts";
import { runServer, type RunningServer } from "./ingest/run-server.ts";
import { BUILD_MS, buildPrograms, hasCompiler, isRequired } from "./native-c/build.ts";
import { bytesOf, lineOf, phoneAt, reportOf, type Phone } from "./native-c/phone.ts";
import { vectors } from "./native-c/vector-program.ts";

const isWanted = hasCompiler || isRequired;

let programs: string;
let folder: string;
let server: RunningServer;
let phones = 0;

beforeAll(async () => {
  if (!isWanted) return;
  programs = await buildPrograms();
  folder = await mkdtemp(join(tmpdir(), "tideline-native-c-"));
  server = await runServer({ folder: join(folder, "server"), epoch: 1 });
}, BUILD_MS);

afterAll(async () => {
  if (!isWanted) return;
  server.kill();
  await server.ended;
  await rm(folder, { recursive: true, force: true });
});

/** What the server's log holds of some installs: copies and content by `install/epoch/seq`. */
async function loggedBy(installs: ReadonlySet<string>) {
  const copies = new Map<string, number>();
  const contents = new Map<string, string>();
  for await (const { record, attachment } of readLog(join(folder, "server"), null)) {
    if (!installs.has(record.install)) continue;
    expect(record.quarantined).toEqual([]);
    for (const { seq, name, properties } of record.events) {
      const identity = `${record.install}/${record.epoch}/${seq}`;
      copies.set(identity, (copies.get(identity) ?? 0) + 1);
      contents.set(identity, name === "tap" ? String(properties["target"]) : "motion");
      if (name === "tap") expect(properties["screen"]).toBe('Grüße "\\\n 🙂');
      if (name !== "motion") continue;
      const { offset, samples, gaps } = properties["samples"] as FrameReference;
      const values = decodeSamples(attachment.subarray(offset, offset + samples * 24));
      expect([...values]).toEqual(Array.from({ length: 120 }, (_, index) => index / 8 - 5));
      expect(gaps ?? []).toEqual(Number(properties["start"]) % 2 === 1 ? [[10, 7]] : []);
    }
  }
  return { copies, contents };
}

/** Everything that was recorded is in the log once, as it was recorded, and nothing is there twice. */
async function expectExactlyOnce(...all: readonly Phone[]): Promise<void> {
  const recorded = new Map(all.flatMap((phone) => [...phone.recorded]));
  const installs = new Set([...recorded.keys()].map((identity) => identity.split("/")[0]!));
  const { copies, contents } = await loggedBy(installs);
  expect([...copies].filter(([, count]) => count !== 1)).toEqual([]);
  expect([...recorded.keys()].filter((identity) => !copies.has(identity))).toEqual([]);
  for (const [identity, content] of recorded)
    expect(contents.get(identity)).toBe(content.startsWith("button") ? content : "motion");
}

const newPhone = (): Phone => phoneAt(programs, server.address, join(folder, `phone-${(phones += 1)}`));

const BOTH = "consent=analytics,improve_product";
const DONE = ["flushed", "OK"];

describe.skipIf(!isWanted)("the queue in C, killed", () => {
  /** The hit at which to die: each within the first run's commands. */
  const points: readonly (readonly [point: string, hit: number])[] = [
    ["journal.append.before", 5],
    ["journal.append.torn", 1],
    ["journal.append.torn", 7],
    ["journal.append.written", 4],
    ["journal.append.after", 11],
    ["upload.send.before", 2],
    ["upload.send.after", 1],
    ["upload.send.after", 2],
    ["queue.acknowledge.after", 1],
    ["queue.acknowledge.after", 2],
    ["file.replace.written", 1],
    ["file.replace.written", 5],
    ["file.replace.renamed", 2],
    ["file.replace.renamed", 4],
    ["identity.write.after", 1],
    ["consent.purge.before", 1],
    ["consent.purge.after", 2],
  ];

  test.each(points)("at %s, hit %i: every event is in the log exactly once", async (point, hit) => {
    const phone = newPhone();
    const commands = [BOTH, "taps=9", "group=12", "motion=4", "flush", "taps=2", "flush"];
    const killed = await phone.run(commands, { TIDELINE_CRASH_AT: `${point}:${hit}` });
    expect(killed).toMatchObject({ status: null, signal: "SIGKILL" });
    const end = await phone.run([BOTH, "taps=3", "flush", "report"]);
    expect(end.status).toBe(0);
    expect(lineOf(end, "flushed").slice(0, 2)).toEqual(DONE);
    expect(reportOf(end)).toMatchObject({ pending: 0, dropped: 0 });
    await expectExactlyOnce(phone);
    expect(globSync("journal-*", { cwd: phone.home })).toEqual([]);
  });

  test("at any moment, again and again", async () => {
    const phone = newPhone();
    for (let round = 0; round < 12; round += 1) {
      const commands = [BOTH, "taps=20", "flush", "motion=20", "flush", "taps=30", "flush", "hang"];
      const child = spawn(join(programs, "client"), commands, {
        env: phone.env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      let said = "";
      // By what it has said, not by the clock: on a busy machine nothing would have happened yet.
      const lines = 1 + ((round * 29) % 70);
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split("\n").length > lines) setTimeout(() => child.kill("SIGKILL"), (round * 7) % 6);
      });
      await once(child, "close");
      phone.take(said.split("\n").slice(0, -1));
    }
    const end = await phone.run([BOTH, "flush", "report"]);
    expect(reportOf(end)).toMatchObject({ pending: 0, dropped: 0 });
    expect(phone.recorded.size).toBeGreaterThan(20);
    await expectExactlyOnce(phone);
  });

  test.each([
    ["consent.purge.before", 2],
    ["consent.purge.after", 3],
    ["file.replace.written", 6],
  ])(
    "while consent is withdrawn, at %s, hit %i: what waited is neither sent nor kept",
    async (point, hit) => {
      const phone = newPhone();
      const commands = [BOTH, "taps=4", "motion=6", "taps=4", "consent=analytics"];
      await phone.run(commands, { TIDELINE_CRASH_AT: `${point}:${hit}` });
      const end = await phone.run(["consent=analytics", "report"]);
      expect(reportOf(end)).toMatchObject({ recorded: 14, pending: 8, dropped: 6 });
      expect(bytesOf(phone)).not.toContain("motion");
      expect(reportOf(await phone.run(["flush", "report"]))).toMatchObject({ acknowledged: 8, dropped: 6 });
      const { contents } = await loggedBy(new Set([reportOf(end).install]));
      expect([...contents.values()].filter((content) => content === "motion")).toEqual([]);
    },
  );
});

describe.skipIf(!isWanted)("the queue in C, copied and damaged", () => {
  test("numbers go on where everything was sent and no file is left", async () => {
    const phone = newPhone();
    for (let start = 0; start < 3; start += 1) await phone.run([BOTH, "taps=3", "flush"]);
    expect([...phone.recorded.keys()].map((identity) => Number(identity.split("/")[2]))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    await expectExactlyOnce(phone);
  });

  test("two clones of a phone begin epochs of their own; what waited is stored once", async () => {
    const first = newPhone();
    await first.run([BOTH, "taps=5", "motion=2", "flush", "taps=4"]);
    const second = phoneAt(programs, server.address, `${first.home}-clone`, new Map(first.recorded));
    cpSync(first.home, second.home, { recursive: true });
    const [one, two] = await Promise.all([
      first.run(["taps=3", "flush", "report"], { TL_INSTANCE: "another-device" }),
      second.run(["taps=3", "flush", "report"], { TL_INSTANCE: "a-third-device" }),
    ]);
    expect(reportOf(one).install).toBe(reportOf(two).install);
    expect(new Set([1, reportOf(one).epoch, reportOf(two).epoch]).size).toBe(3);
    await expectExactlyOnce(first, second);
    const { copies } = await loggedBy(new Set([reportOf(one).install]));
    expect(copies.size).toBe(5 + 2 + 4 + 3 + 3);
  });

  test("where the queue's state is lost a new epoch begins, and what waits is sent under the old one", async () => {
    const phone = newPhone();
    await phone.run([BOTH, "taps=3", "flush", "taps=4"]);
    await rm(join(phone.home, "queue.tls"));
    const end = await phone.run(["taps=2", "flush", "report"]);
    expect(reportOf(end).epoch).toBeGreaterThan(1);
    await expectExactlyOnce(phone);
  });

  test("where the identity is lost a new install begins", async () => {
    const phone = newPhone();
    const before = reportOf(await phone.run([BOTH, "taps=3", "report"]));
    writeFileSync(join(phone.home, "identity.tls"), "TLS1 not whole");
    const end = await phone.run(["taps=2", "flush", "report"]);
    expect(reportOf(end).install).not.toBe(before.install);
    expect(reportOf(end).epoch).toBe(1);
    await expectExactlyOnce(phone);
  });

  test("a journal torn at any byte loses only the event that was being written", async () => {
    const phone = newPhone();
    await phone.run([BOTH, "taps=3", "report"]);
    const [name] = globSync("journal-*", { cwd: phone.home });
    const whole = readFileSync(join(phone.home, name!));
    const last = whole.length - (whole.length - 8) / 3;
    for (let at = last; at < whole.length; at += 17) {
      const torn = phoneAt(programs, server.address, `${phone.home}-torn-${at}`);
      cpSync(phone.home, torn.home, { recursive: true });
      truncateSync(join(torn.home, name!), at);
      const end = await torn.run(["taps=1", "report"]);
      expect(reportOf(end)).toMatchObject({ recorded: 3, epoch: 1, tornBytes: at - last });
      expect([...torn.recorded.keys()][0]).toMatch(/\/1\/3$/);
      // It was cut off for good: left where it is, it would count as damage of an older file.
      expect(reportOf(await torn.run(["report"]))).toMatchObject({ recorded: 3, epoch: 1, tornBytes: 0 });
    }
  });

  test("damage in an older file is no torn write: a new epoch begins, and what is whole is sent", async () => {
    const phone = newPhone();
    await phone.run([BOTH, "taps=60"]);
    const [name, ...others] = globSync("journal-*", { cwd: phone.home }).sort();
    expect(others.length).toBeGreaterThan(1);
    const bytes = readFileSync(join(phone.home, name!));
    bytes[300]! ^= 1;
    writeFileSync(join(phone.home, name!), bytes);
    const end = await phone.run(["flush", "report"]);
    const { epoch, acknowledged, pending, tornBytes } = reportOf(end);
    expect(epoch).toBeGreaterThan(1);
    expect(pending).toBe(0);
    expect(acknowledged).toBeGreaterThan(30);
    expect(acknowledged).toBeLessThan(60);
    expect(tornBytes).toBeGreaterThan(0);
  });

  test("what is left of an interrupted replacement is removed", async () => {
    const phone = newPhone();
    await phone.run([BOTH]);
    writeFileSync(join(phone.home, "journal-1.tlj.new"), "canary");
    await phone.run(["report"]);
    expect(bytesOf(phone)).not.toContain("canary");
  });
});

describe.skipIf(!isWanted)("the queue in C, bounded", () => {
  test("beyond its bound the oldest events are dropped, and counted", async () => {
    const phone = newPhone();
    const end = await phone.run([BOTH, "taps=40", "report"], { TL_PENDING_BYTES: "4000" });
    const { recorded, pending, dropped } = reportOf(end);
    expect(recorded).toBe(40);
    expect(dropped).toBeGreaterThan(20);
    expect(pending).toBeGreaterThan(5);
    await phone.run(["flush"], { TL_PENDING_BYTES: "4000" });
    const { copies } = await loggedBy(new Set([reportOf(end).install]));
    expect([...copies.keys()]).toEqual([...phone.recorded.keys()].slice(dropped));
  });

  test("a file that may not grow refuses the event and keeps what was recorded; later there is room again", async () => {
    const phone = newPhone();
    await phone.run([BOTH, "taps=4"]);
    const command = `trap "" XFSZ; ulimit -f 2; exec "$@"`;
    const env = {
      TL_FOLDER: phone.home,
      TL_INSTANCE: "this-device",
      TL_KEY: "k",
      PATH: process.env["PATH"]!,
    };
    const args = ["-c", command, "sh", join(programs, "client"), "motion=4"];
    const child = spawn("sh", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child, "close");
    expect(said).toContain("failed\tmotion\tSTORAGE_FAILED\tjournal-");
    const written = said.split("\n").filter((line) => line.startsWith("recorded\t")).length;
    const end = await phone.run(["motion=2", "flush", "report"]);
    expect(reportOf(end)).toMatchObject({ recorded: 4 + written + 2, pending: 0, tornBytes: 0, epoch: 1 });
    await expectExactlyOnce(phone);
  });

  test("a folder has one owner", async () => {
    const phone = newPhone();
    await phone.run([BOTH]);
    const holder = spawn(join(programs, "client"), ["report", "hang"], {
      env: phone.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(holder.stdout, "data");
    const second = await phone.run(["report"]);
    expect(second.status).toBe(1);
    expect(lineOf(second, "failed")[2]).toBe("FOLDER_OWNED");
    holder.kill("SIGKILL");
    await once(holder, "close");
    expect((await phone.run(["report"])).status).toBe(0);
  });

  test("without an answer, or with another key, everything stays", async () => {
    const phone = newPhone();
    const away = await phone.run([BOTH, "taps=3", "flush", "report"], { TL_PORT: "1" });
    expect(lineOf(away, "flushed").slice(1, 4)).toEqual(["UNAVAILABLE", "0", "3"]);
    const stranger = await phone.run(["flush", "report"], { TL_KEY: "another-key" });
    expect(lineOf(stranger, "flushed").slice(1, 4)).toEqual(["UNAUTHORISED", "0", "3"]);
    const end = await phone.run(["flush"]);
    expect(lineOf(end, "flushed").slice(1, 4)).toEqual(["OK", "3", "0"]);
    await expectExactlyOnce(phone);
  });
});

describe.skipIf(!isWanted)("consent in C", () => {
  test("nothing is recorded before the person was asked, and nothing of another purpose", async () => {
    const phone = newPhone();
    const end = await phone.run(["taps=2", "motion=1", "consent=analytics", "motion=2", "taps=1", "report"]);
    expect(reportOf(end)).toMatchObject({ recorded: 1, withheld: 5 });
    expect(bytesOf(phone)).not.toContain("motion");
  });

  test("a field of a purpose of its own is left out, and removed when that consent is withdrawn", async () => {
    const phone = newPhone();
    const first = await phone.run(["consent=analytics", "visit=canary-1", "report"]);
    expect(reportOf(first)).toMatchObject({ recorded: 1, withheldFields: 1 });
    expect(bytesOf(phone)).not.toContain("canary-1");
    await phone.run(["consent=analytics,cloud_prediction", "visit=canary-2"]);
    expect(bytesOf(phone)).toContain("canary-2");
    const end = await phone.run(["consent=analytics", "report"]);
    expect(bytesOf(phone)).not.toContain("canary");
    expect(reportOf(end)).toMatchObject({ recorded: 2, pending: 2, dropped: 0 });
    expect(reportOf(await phone.run(["report"]))).toMatchObject({ recorded: 2, pending: 2 });
  });
});

describe.skipIf(!isWanted)("predictions in C", () => {
  test("a model answers and its answer is reported; without one the rule answers, without consent it reports nothing", async () => {
    const vector = JSON.parse(readFileSync(join(vectors, "table/activity.json"), "utf8")) as {
      readonly labels: readonly string[];
      readonly outputs: readonly { readonly name: string }[];
      readonly rows: readonly {
        readonly input: readonly number[];
        readonly outputs: Record<string, number[]>;
      }[];
    };
    const row = vector.rows[0]!;
    const probabilities = row.outputs[vector.outputs[0]!.name]!;
    const label = vector.labels[probabilities.indexOf(Math.max(...probabilities))];
    const window = join(folder, "window");
    writeFileSync(window, Buffer.from(Float32Array.from(row.input).buffer));
    const table = join(vectors, "table/activity.tlm");
    const phone = newPhone();
    const refused = await phone.run(["consent=analytics", `predict=${window}:${table}`, "report"]);
    expect(lineOf(refused, "predicted").slice(3, 6)).toEqual(["rule", "none", "CONSENT_MISSING"]);
    expect(reportOf(refused)).toMatchObject({ recorded: 0 });
    const end = await phone.run([BOTH, `predict=${window}:${table}`, `predict=${window}`, "flush", "report"]);
    const [id, ...said] = end.lines
      .find((line) => line.startsWith("predicted\t"))!
      .split("\t")
      .slice(1);
    expect(said.slice(0, 4)).toEqual([label, "device", "r1", "-"]);
    expect(lineOf(end, "predicted").slice(3, 6)).toEqual(["rule", "none", "device:NOT_FOUND"]);
    const reported: Record<string, unknown>[] = [];
    for await (const { record } of readLog(join(folder, "server"), null)) {
      if (record.install !== reportOf(end).install) continue;
      expect(record.quarantined).toEqual([]);
      reported.push(...record.events.map(({ properties }) => properties));
    }
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatchObject({
      prediction_id: id,
      label,
      source: "device",
      model: "activity",
      release: "r1",
    });
    const sent = reported[0]!["probabilities"] as number[];
    probabilities.forEach((value, index) => expect(Math.abs(sent[index]! - value)).toBeLessThan(1e-5));
    expect(reported[1]).toMatchObject({ source: "rule", release: "none", reason: "device:NOT_FOUND" });
  });
});
