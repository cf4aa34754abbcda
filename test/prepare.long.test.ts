import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectFrame, dropColumns, type Frame } from "@tideline/learn/frame";
import { parquetSource, writeParquet } from "@tideline/pipeline/frame";
import { SOURCE_ROW, type QuarantineLine } from "@tideline/pipeline/prepare";
import { seededRandom } from "@tideline/learn";
import { afterAll, describe, expect, test } from "vitest";
import { corruptedSales } from "./prepare/corrupt-row.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-prepare-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (name: string) => join(work, name);
const MAIN = join(import.meta.dirname, "../packages/cli/src/main.ts");
const DEFINITION = join(import.meta.dirname, "prepare/sales.ts");

interface Ended {
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tideline prepare` in a process of its own; it may be killed after a while. */
async function run(
  sales: string,
  out: string,
  { crash = "", killAfter = 0, more = [] as string[] } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, "prepare", DEFINITION, "--out", out, "--json", ...more], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SALES: sales, TIDELINE_CRASH_AT: crash },
  });
  const texts = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (texts[0] += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (texts[1] += chunk.toString()));
  const timer = killAfter > 0 ? setTimeout(() => child.kill("SIGKILL"), killAfter) : undefined;
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  return { how: signal ?? String(code), stdout: texts[0]!, stderr: texts[1]! };
}

interface Said {
  readonly path: string;
  readonly unchanged: boolean;
  readonly manifest: {
    readonly quarantined: number;
    readonly parts: Record<string, { readonly rows: number }>;
  };
  readonly steps: readonly { readonly name: string; readonly hit: boolean }[];
}

function said({ how, stdout, stderr }: Ended): Said {
  expect(how, stderr).toBe("0");
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Said;
}

/** Hashes of the files of an outcome, but the log, which has seconds. */
function bytesOf(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path).filter((name) => name !== "log.jsonl");
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(path, name)))
      .digest("hex");
  return Object.fromEntries(names.map((name) => [name, hash(name)]));
}

const small = corruptedSales(3000, 5);
writeFileSync(at("small.csv"), small.text);
let undisturbed: Readonly<Record<string, string>> | undefined;
async function wanted(): Promise<Readonly<Record<string, string>>> {
  undisturbed ??= bytesOf(said(await run(at("small.csv"), at("undisturbed"))).path);
  return undisturbed;
}

test("a hundredth of the rows, corrupted at random, is in quarantine for the right reason; the rest comes through to the byte", async () => {
  const { spoilt, lines, text, clean } = corruptedSales(30_000, 1);
  writeFileSync(at("corrupt.csv"), text);
  writeFileSync(at("clean.csv"), clean);
  const got = said(await run(at("corrupt.csv"), at("corrupt")));
  const pure = said(await run(at("clean.csv"), at("clean")));
  expect([got.manifest.quarantined, pure.manifest.quarantined]).toEqual([spoilt.size, 0]);

  const unreadable: number[] = [];
  const held = readFileSync(join(got.path, "quarantine.jsonl"), "utf8").trim().split("\n");
  const found = held.map((one) => JSON.parse(one) as QuarantineLine);
  const reasons = new Map<number, string>();
  for (const { step, line, reason, text: fault } of found)
    if (step === "read") {
      // Line 1 is the header.
      reasons.set(line! - 2, reason);
      unreadable.push(line! - 2);
      expect(lines[line! - 2]).toContain(fault);
    }
  unreadable.sort((one, other) => one - other);
  // The place of a row among those that could be read, as its place in the file.
  const readable = [...lines.keys()].filter((row) => !unreadable.includes(row));
  for (const { step, row, reason, values } of found)
    if (step !== "read") {
      reasons.set(readable[row!]!, reason);
      expect(lines[readable[row!]!]!.split(",")[5]).toBe(values!["mail"]);
    }
  expect([...reasons.keys()].sort()).toEqual([...spoilt.keys()].sort());
  for (const [row, { name, reason }] of spoilt) expect(reasons.get(row), name).toMatch(reason);

  for (const name of ["chain.tltf", "graph.onnx"])
    expect(readFileSync(join(got.path, name)).equals(readFileSync(join(pure.path, name))), name).toBe(true);
  for (const part of ["train", "validation", "test"]) {
    const bytes = async (path: string, to: string): Promise<Buffer> => {
      const rows: Frame = await collectFrame(await parquetSource(join(path, `${part}.parquet`)));
      await writeParquet(at(to), dropColumns(rows, [SOURCE_ROW]), { threads: 1 });
      return readFileSync(at(to));
    };
    expect((await bytes(got.path, "one")).equals(await bytes(pure.path, "other")), part).toBe(true);
    expect(got.manifest.parts[part]!.rows).toBeGreaterThan(1000);
  }
});

describe("killed", () => {
  test.each([
    ["prepare.step.after_files:1", 0],
    ["prepare.step.after_files:4", 3],
    ["prepare.step.after_commit:6", 6],
    ["prepare.publish.before_rename", 1],
    ["prepare.publish.after_rename", 1],
    ["prepare.publish.after_pointer", 1],
  ])("at %s: nothing is half there, and the next run goes on", async (crash, hits) => {
    const out = at(crash.replaceAll(/[.:]/gu, "-"));
    expect((await run(at("small.csv"), out, { crash })).how).toBe("SIGKILL");
    const named = join(out, "prepared", "sales");
    const outcomes = readdirSync(named).filter((name) => /^[0-9a-f]{64}$/u.test(name));
    for (const name of outcomes) expect(bytesOf(join(named, name))).toEqual(await wanted());
    const next = said(await run(at("small.csv"), out));
    expect(next.steps.filter(({ hit }) => hit).length).toBeGreaterThanOrEqual(hits);
    expect(bytesOf(next.path)).toEqual(await wanted());
    expect(readdirSync(named).sort()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/u), "latest.json"]);
    const left = readdirSync(join(out, "prepare", "step")).filter((name) => name.endsWith(".tmp"));
    expect([left, readdirSync(join(out, "temporary"))]).toEqual([[], []]);
    expect(said(await run(at("small.csv"), out)).unchanged).toBe(true);
  });

  test("at any moment: runs that go on where others were killed reach the same bytes", async () => {
    const random = seededRandom(3);
    const out = at("moments");
    let killed = 0;
    for (let turn = 0; turn < 12; turn++) {
      const { how } = await run(at("small.csv"), out, { killAfter: 300 + random.integer(1500) });
      if (how === "SIGKILL") killed++;
    }
    expect(killed).toBeGreaterThan(0);
    expect(bytesOf(said(await run(at("small.csv"), out)).path)).toEqual(await wanted());
  });
});

test("two at once: one has the folder, the other says so, and the outcome is whole", async () => {
  const out = at("two");
  const both = await Promise.all([1, 2, 3].map(() => run(at("small.csv"), out)));
  const codes = both.map(({ how }) => how).sort();
  expect(codes[0]).toBe("0");
  for (const { how, stderr } of both) {
    expect(["0", "75"]).toContain(how);
    if (how === "75") expect(stderr).toMatch(/FOLDER_OWNED/u);
  }
  expect(bytesOf(said(await run(at("small.csv"), out)).path)).toEqual(await wanted());
});

test("a file that somebody spoilt in the cache or in the outcome is made again", async () => {
  const out = at("spoilt");
  const first = said(await run(at("small.csv"), out));
  const step = join(out, "prepare", "step");
  const keep = readdirSync(step).find((name) => name.endsWith(".train.keep"))!;
  writeFileSync(join(step, keep), "spoilt");
  rmSync(join(first.path, "test.parquet"));
  writeFileSync(join(first.path, "train.parquet"), "spoilt");
  const again = said(await run(at("small.csv"), out));
  expect([again.path, again.unchanged]).toEqual([first.path, false]);
  expect(bytesOf(again.path)).toEqual(await wanted());
});

/** A file system of few MiB, where this process may mount one. */
function smallDisk(mebibytes: number): string | undefined {
  const folder = at(`disk-${mebibytes}`);
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}

const disk = process.platform === "linux" && process.getuid?.() === 0 ? smallDisk(1) : undefined;
describe.skipIf(disk === undefined)("a full disk (needs the right to mount one)", () => {
  afterAll(() => void execFileSync("umount", [disk!]));
  test("ends the run in one sentence with its code; with room the next run goes on", async () => {
    const sales = corruptedSales(30_000, 2);
    writeFileSync(at("large.csv"), sales.text);
    const full = await run(at("large.csv"), join(disk!, "out"));
    expect(full.stderr.trim().split("\n").at(-1)).toMatch(/no space left on the disk.*\[DISK_FULL\]$/u);
    expect(full.how).toBe("74");
    expect(existsSync(join(disk!, "out", "prepared", "sales", "latest.json"))).toBe(false);
    execFileSync("mount", ["-o", "remount,size=64m", disk!]);
    expect(said(await run(at("large.csv"), join(disk!, "out"))).manifest.quarantined).toBe(300);
  });
});
