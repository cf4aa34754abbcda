import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isUnusable } from "../scripts/audit/evidence.ts";
import type { Finding } from "../scripts/audit/figure.ts";
import { runAudit } from "../scripts/audit/run-audit.ts";
import { journalRecord, writeParquet } from "./audit/file.ts";
import { writeFixture, type Fixture } from "./audit/fixture.ts";
import { writeRecordings } from "./audit/uci.ts";

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
  // A flag is no figure: its check says that it was changed.
  expect(differing(findings).filter((figure) => !figure.startsWith("check: "))).toEqual(figures);
  expect(figures).toHaveLength(54);
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

/** A record of a journal, as it may be changed. */
interface JournalRecord {
  header: { name: string; time: number; consent: string[]; properties: Record<string, unknown> };
  attachment: Uint8Array;
}

/** Rewrites a phone's journal: `change` answers the record to write, or null to leave it out. */
function rewriteJournal(
  folder: string,
  subject: string,
  change: (record: JournalRecord, index: number) => JournalRecord | null,
): void {
  const path = only(folder, `phones/${subject}/journal-*.log`);
  const bytes = readFileSync(path);
  const records: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const payload = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at));
    const json = payload.readUInt32LE(0);
    const header = JSON.parse(payload.toString("utf8", 4, 4 + json)) as JournalRecord["header"];
    const changed = change({ header, attachment: Uint8Array.from(payload.subarray(4 + json)) }, index);
    if (changed !== null) records.push(journalRecord(changed.header, changed.attachment));
    at += 8 + payload.length;
  }
  writeFileSync(path, Buffer.concat(records));
}

/** Evidence that was tampered with, and a finding that must say so. */
const tampered: Record<string, [spoil: (folder: string) => void | Promise<void>, finding: string]> = {
  "an event taken out of a journal": [
    (folder) => rewriteJournal(folder, "c2", (record, index) => (index === 0 ? null : record)),
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
    (folder) =>
      rewriteJournal(folder, "s1", (record) => {
        if (record.attachment.length > 0) record.attachment[3]! ^= 1;
        return record;
      }),
    "check: stored samples are the recorded ones, bit for bit",
  ],
  "another time in a journal": [
    (folder) =>
      rewriteJournal(folder, "b1", ({ header, attachment }, index) => ({
        header: { ...header, time: header.time + (index === 0 ? 1 : 0) },
        attachment,
      })),
    "check: stored rows say what the journals say",
  ],
  "a file of the lake with another byte": [
    (folder) => {
      const path = only(folder, "lake/tap/*/*.parquet");
      const bytes = readFileSync(path);
      bytes[bytes.length - 20]! ^= 1;
      writeFileSync(path, bytes);
    },
    "check: files of the lake and artifacts have their hash as name",
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
  "an event that was recorded without consent": [
    (folder) =>
      rewriteJournal(folder, "c2", ({ header, attachment }, index) => ({
        header: { ...header, consent: index === 0 ? [] : header.consent },
        attachment,
      })),
    "check: nothing is kept without consent",
  ],
  "content in the quarantine that nobody consented to": [
    (folder) =>
      rewriteJournal(folder, "s1", ({ header, attachment }) => ({
        header: { ...header, consent: "wrong" in header.properties ? [] : header.consent },
        attachment,
      })),
    "check: nothing is kept without consent",
  ],
  "windows for parity that are of nobody": [
    (folder) => {
      const path = join(folder, "parity/1.f32");
      writeFileSync(path, new Uint8Array(readFileSync(path).length));
    },
    "check: windows for parity are windows of the lake",
  ],
  "an artifact that is not what it is called": [
    (folder) => writeFileSync(join(folder, "artifacts", "0".repeat(64)), "x"),
    "check: files of the lake and artifacts have their hash as name",
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
  "another parity of a table than the release has": [
    (folder) =>
      edit(folder, "report.json", (report: { releases: { table: { parity: number } }[] }) => {
        report.releases[1]!.table.parity = 0;
      }),
    "releases[1].table.parity",
  ],
  "a table that no release offers": [
    (folder) =>
      edit(folder, "report.json", (report: { releases: { table: object }[] }) => {
        report.releases[0]!.table = { offered: true, parity: 0 };
      }),
    "check: the report names the model tables that are offered",
  ],
  "a phone with nothing but the table that is not reported": [
    (folder) =>
      edit(folder, "phones/phones.json", (list: { subject: string; special: string | null }[]) => {
        list.find(({ subject }) => subject === "c1")!.special = "broken_native";
      }),
    "tableSkew.compared",
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

test("windows that are past their retention are not compared, which is said and counted", async () => {
  const folder = copy();
  rmSync(join(folder, "parity/1.f32"));
  const findings = await runAudit(folder, undefined);
  expect(differing(findings)).toEqual([]);
  const parity = findings.find(({ figure }) => figure === "releases[0].parity");
  expect(parity?.note).toBe("not compared: the windows are past their retention");
  const counted = findings.find(({ figure }) => figure.includes("runtimes agree"));
  expect(counted?.note).toContain("1 not compared");
  // What the report does not say is missing all the same.
  edit(folder, "report.json", (report: { releases: { parity?: number }[] }) => {
    delete report.releases[0]!.parity;
  });
  expect(differing(await runAudit(folder, undefined))).toEqual(["releases[0].parity"]);
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

test("journals are held against the recordings, and the test windows of each pass are counted", async () => {
  const recordings = join(scratch, "recordings");
  writeRecordings(recordings);
  const findings = await runAudit(fixture.folder, recordings);
  expect(differing(findings)).toEqual([]);
  const passes = findings.filter(({ figure }) => figure.startsWith("test windows predicted"));
  // Three people, 4 sessions of 4 windows, in the phases live, turned and after.
  expect(passes.map(({ reported, recomputed }) => [reported, recomputed])).toEqual([
    [48, 48],
    [48, 48],
    [48, 48],
  ]);

  const folder = copy();
  rewriteJournal(folder, "c1", (record, index) => {
    if (index === 1) record.attachment[3]! ^= 1;
    return record;
  });
  edit(folder, "phones/c2/sessions.json", (sessions: { turned: boolean }[]) => {
    sessions[5]!.turned = false;
  });
  const spoilt = await runAudit(folder, recordings);
  const wrong = spoilt.find(({ figure }) =>
    figure.startsWith("check: journals hold the published recordings"),
  );
  expect(wrong).toMatchObject({ agrees: false, recomputed: 2 });
});
