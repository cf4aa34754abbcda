import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFramer, windows as declareWindows, type EventDefinition } from "@tideline/spec";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Frame } from "../scripts/audit/frame.ts";
import { windowsOf } from "../scripts/audit/framing.ts";
import { isUnusable } from "../scripts/audit/evidence.ts";
import type { Finding } from "../scripts/audit/figure.ts";
import { runAudit } from "../scripts/audit/run-audit.ts";
import { journalRecord, writeParquet } from "./audit/file.ts";
import { writeFixture, type Fixture } from "./audit/fixture.ts";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "audit-"));
let fixture: Fixture;

beforeAll(async () => {
  fixture = await writeFixture(join(scratch, "true"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let copies = 0;

/** A copy of the evidence that may be spoilt. */
function copy(): string {
  copies += 1;
  const folder = join(scratch, `copy-${copies}`);
  cpSync(fixture.folder, folder, { recursive: true });
  return folder;
}

const differing = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ figure, agrees }) => (agrees ? [] : [figure]));

/** A value with each of its numbers, texts and nulls replaced by another one. */
function changed(value: unknown): unknown {
  // More than any tolerance: clocks of different phones may differ by a second.
  if (typeof value === "number") return value + Math.max(3, value * 1e-6);
  if (typeof value === "string") return `${value} or so`;
  if (value === null) return 1;
  if (Array.isArray(value)) return value.map(changed);
  return Object.fromEntries(Object.entries(value as object).map(([name, item]) => [name, changed(item)]));
}

/** Rewrites a JSON file of the evidence. */
function edit(folder: string, name: string, change: (value: never) => unknown): void {
  const path = join(folder, name);
  const value = JSON.parse(readFileSync(path, "utf8")) as never;
  writeFileSync(path, JSON.stringify(change(value) ?? value));
}

/** The one file that a pattern finds. */
function only(folder: string, pattern: string): string {
  const [file] = globSync(pattern, { cwd: folder });
  return join(folder, file!);
}

test("a true report agrees in every figure", async () => {
  const findings = await runAudit(fixture.folder, undefined);
  expect(differing(findings)).toEqual([]);
  expect(findings.length).toBeGreaterThan(60);
});

test("every figure of the report, changed, is caught", async () => {
  const folder = copy();
  edit(folder, "report.json", (report) => ({ ...(changed(report) as object), format: 1 }));
  const findings = await runAudit(folder, undefined);
  const figures = findings.flatMap(({ figure }) =>
    figure.startsWith("check: ") || figure === "releases" ? [] : [figure],
  );
  expect(differing(findings)).toEqual(figures);
  expect(figures).toHaveLength(45);
});

test("a figure that is missing, null or the wrong way round is caught", async () => {
  const folder = copy();
  edit(
    folder,
    "report.json",
    (report: { events: Record<string, unknown>; accuracy: object; drift: object; releases: object[] }) => {
      delete report.events["lost"];
      return {
        ...report,
        accuracy: { ...report.accuracy, drifted: null },
        drift: { ...report.drift, detectedAt: null },
        releases: report.releases.slice(0, 1),
      };
    },
  );
  expect(differing(await runAudit(folder, undefined))).toEqual(
    expect.arrayContaining([
      "events.lost",
      "accuracy.drifted",
      "drift.detectedAt",
      "releases",
      "releases[1].id",
    ]),
  );
});

test("where nothing was injected, nothing may be reported", async () => {
  const folder = copy();
  edit(folder, "evidence.json", (evidence: object) => ({ ...evidence, injectedAt: null, alerts: [] }));
  const found = differing(await runAudit(folder, undefined));
  expect(found).toEqual(
    expect.arrayContaining([
      "drift.injectedAt in evidence.json",
      "drift.detectedAt",
      "accuracy.drifted",
      "accuracy.before",
    ]),
  );
});

/** Evidence that was tampered with, and a finding that must say so. */
const tampered: Record<string, [spoil: (folder: string) => void | Promise<void>, finding: string]> = {
  "an event taken out of a journal": [
    (folder) => {
      const path = only(folder, "phones/c2/journal-*.log");
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(8 + bytes.readUInt32LE(0)));
    },
    "check: every row has an event in a journal",
  ],
  "an acknowledged event that the lake does not have": [
    (folder) => {
      const path = only(folder, "phones/c2/journal-*.log");
      const header = {
        seq: 5000,
        name: "tap",
        version: 2,
        time: 1,
        user: "user-c2",
        consent: [],
        properties: {},
      };
      writeFileSync(path, Buffer.concat([readFileSync(path), journalRecord(header, new Uint8Array(0))]));
      edit(
        folder,
        "phones/c2/queue.json",
        (queue: { sources: Record<string, { acknowledged: number[][] }> }) => {
          Object.values(queue.sources)[0]!.acknowledged.push([5000, 5000]);
        },
      );
    },
    "events.lost",
  ],
  "a record of a journal written twice": [
    (folder) => {
      const path = only(folder, "phones/c2/journal-*.log");
      const bytes = readFileSync(path);
      writeFileSync(path, Buffer.concat([bytes, bytes.subarray(0, 8 + bytes.readUInt32LE(0))]));
    },
    "check: journals hold each event once and whole",
  ],
  "samples of a journal that are others than the stored ones": [
    (folder) => {
      const path = only(folder, "phones/s1/journal-*.log");
      const bytes = readFileSync(path);
      const first = 8 + bytes.readUInt32LE(0);
      const payload = bytes.subarray(first + 8, first + 8 + bytes.readUInt32LE(first));
      const json = payload.readUInt32LE(0);
      const samples = Uint8Array.from(payload.subarray(4 + json));
      samples[3]! ^= 1;
      const header = JSON.parse(payload.toString("utf8", 4, 4 + json)) as object;
      const record = journalRecord(header, samples);
      writeFileSync(
        path,
        Buffer.concat([bytes.subarray(0, first), record, bytes.subarray(first + record.length)]),
      );
    },
    "check: stored samples are the recorded ones, bit for bit",
  ],
  "another time in a journal": [
    (folder) => {
      const path = only(folder, "phones/b1/journal-*.log");
      const bytes = readFileSync(path);
      const payload = bytes.subarray(8, 8 + bytes.readUInt32LE(0));
      const header = JSON.parse(payload.toString("utf8", 4)) as { time: number };
      const record = journalRecord({ ...header, time: header.time + 1 }, new Uint8Array(0));
      writeFileSync(path, Buffer.concat([record, bytes.subarray(record.length)]));
    },
    "check: stored rows say what the journals say",
  ],
  "a file of the lake with another byte": [
    (folder) => {
      const path = only(folder, "lake/tap/*/*.parquet");
      const bytes = readFileSync(path);
      bytes[bytes.length - 20]! ^= 1;
      writeFileSync(path, bytes);
    },
    "check: files of the lake have their hash as name",
  ],
  "a truth in which somebody did something else": [
    (folder) =>
      edit(folder, "phones/c1/sessions.json", (sessions: { activity: string }[]) => {
        for (const session of sessions) session.activity = "B";
      }),
    "check: labels of predictions are the truth",
  ],
  "a truth in which nobody was turned": [
    (folder) => {
      for (const name of globSync("phones/*/sessions.json", { cwd: folder })) {
        edit(folder, name, (sessions: { turned: boolean }[]) => {
          for (const session of sessions) session.turned = false;
        });
      }
    },
    "drift.injectedAt",
  ],
  "a person in another cohort": [
    (folder) =>
      edit(folder, "phones/phones.json", (phones: { cohort: string }[]) => {
        phones[0]!.cohort = "control";
      }),
    "check: people are in the cohort that they enrolled in",
  ],
  "a model that somebody changed": [
    (folder) => {
      const { id } = JSON.parse(readFileSync(join(folder, "releases/1.json"), "utf8")) as { id: string };
      const bytes = readFileSync(join(folder, "artifacts", id));
      bytes[bytes.indexOf("tiny")]! ^= 1;
      writeFileSync(join(folder, "artifacts", id), bytes);
    },
    "releases[0].id",
  ],
  "a release that nobody signed": [
    (folder) =>
      edit(folder, "releases/2.json", (release: { envelope: { payload: string } }) => {
        const payload = Buffer.from(release.envelope.payload, "base64").toString("utf8");
        release.envelope.payload = Buffer.from(payload.replace('"run"', '"ran"')).toString("base64");
      }),
    "check: releases are signed, named by their bytes and follow each other",
  ],
  "a root that does not sign itself": [
    (folder) =>
      edit(folder, "releases/root.json", (chain: { signatures: unknown[] }[]) => {
        chain[0]!.signatures = [];
      }),
    "check: releases are signed, named by their bytes and follow each other",
  ],
  "a release trained on the control group": [
    (folder) => {
      const [row] = JSON.parse(readFileSync(join(folder, "control.json"), "utf8")) as string[];
      edit(folder, "releases/2.json", (release: { metrics: { trainedOn: string[] } }) => {
        release.metrics.trainedOn.push(row!);
      });
    },
    "check: nobody of the control group was trained on",
  ],
  "prediction rows that are not the lake's": [
    async (folder) => {
      const columns = { subject: "VARCHAR", predicted: "VARCHAR" };
      await writeParquet(folder, {
        "predictions.parquet": { columns, rows: [{ subject: "x", predicted: "A" }] },
      });
    },
    "check: predictions.parquet is what the lake holds",
  ],
};

test.each(Object.entries(tampered))("catches %s", async (_, [spoil, finding]) => {
  const folder = copy();
  await spoil(folder);
  expect(differing(await runAudit(folder, undefined))).toContain(finding);
});

test.each([
  ["no evidence.json", "evidence.json"],
  ["no report", "report.json"],
  ["no phones", "phones"],
  ["no lake", "lake"],
  ["no releases", "releases"],
  ["no models", "artifacts"],
  ["no windows for parity", "parity"],
  ["no prediction rows", "predictions.parquet"],
])("evidence with %s is unusable, and says so", async (_, name) => {
  const folder = copy();
  rmSync(join(folder, name), { recursive: true });
  const error: unknown = await runAudit(folder, undefined).catch((cause: unknown) => cause);
  expect(isUnusable(error), String(error)).toBe(true);
  expect((error as Error).message).toContain(name.replace(/\..*/, ""));
});

test("the command prints a table, ends with JSON, and its exit status says what it found", () => {
  const audit = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "scripts/audit.ts"), ...args], { encoding: "utf8" });
  const fine = audit(fixture.folder, "--json");
  expect(fine.status, fine.stderr).toBe(0);
  const lines = fine.stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^figure +reported +recomputed +verdict$/);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ agrees: true });

  const folder = copy();
  edit(folder, "report.json", (report: { events: { stored: number } }) => {
    report.events.stored += 1;
  });
  const wrong = audit(folder);
  expect(wrong.status).toBe(1);
  expect(wrong.stdout).toMatch(/^events\.stored +\d+ +\d+ +DIFFERS/m);

  const none = audit(join(scratch, "nowhere"));
  expect(none.status).toBe(2);
  expect(none.stderr).toMatch(/is no folder/);
  expect(audit().status).toBe(2);
});

test("windows of the auditor are those of the framer", () => {
  const channels = ["acc_x", "acc_y", "acc_z", "gyro_x"];
  const event = { name: "motion", version: 1, fields: { samples: { kind: "frame", channels, rate: 50 } } };
  const window = declareWindows("w", event as unknown as EventDefinition, {
    field: "samples",
    session: "session",
    start: "start",
    size: 8,
    hop: 4,
    gravity: { channels: ["acc_x", "acc_z"], cutoff: 0.3 },
  });
  const pieces = fc.array(
    fc.record({
      gap: fc.integer({ min: -3, max: 3 }),
      values: fc.array(fc.float({ noNaN: true, min: -4, max: 4 }), { minLength: 1, maxLength: 15 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const frames: Frame[] = [];
      const framer = createFramer(window);
      const expected: { start: number; values: Float32Array }[] = [];
      let next = 0;
      for (const { gap, values } of parts) {
        const start = Math.max(frames.at(-1)?.start ?? 0, next + gap);
        const lists = channels.map((_, channel) =>
          Float32Array.from(values, (value) => value * (channel + 1)),
        );
        const samples = values.length;
        const name = { install: "i", epoch: 1, seq: 1, subject: "s", session: "a", eventTime: 0, time: 0 };
        frames.push({ ...name, start, samples, channels: lists });
        const interleaved = Float32Array.from(
          { length: samples * 4 },
          (_, at) => lists[at % 4]![Math.floor(at / 4)]!,
        );
        expected.push(...framer.push(start, interleaved));
        next = Math.max(next, start + samples);
      }
      expect(windowsOf(frames, window).map(({ start, values }) => ({ start, values }))).toEqual(expected);
    }),
  );
});

test("the auditor imports nothing of Tideline", () => {
  const files = ["scripts/audit.ts", ...globSync("scripts/audit/*.ts", { cwd: root })];
  expect(files.length).toBeGreaterThan(15);
  const allowed = new Set(["@duckdb/node-api", "onnxruntime-node", "onnxruntime-web"]);
  const named = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["']([^"']+)["']/g)].map(
      (match) => match[1]!,
    );
  });
  const foreign = named.filter(
    (name) =>
      !allowed.has(name) &&
      !(name.startsWith("node:") && builtinModules.includes(name.slice(5))) &&
      !/^\.\/(audit\/)?[a-z-]+\.ts$/.test(name),
  );
  expect(foreign).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});
