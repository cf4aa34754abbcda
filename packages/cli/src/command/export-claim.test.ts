import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { exportCommand } from "./export.ts";
import { writeFiles } from "./generated-file.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-export-claim-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Sums of two numbers and one that is the model's own. */
function sum(name: string, term: number): string {
  const g = graphBuilder("sum");
  const x = g.input("x", "float32", ["N", 2]);
  const weights = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at * term));
  g.output("y", g.op("Add", [g.op("MatMul", [x, g.constant(weights, [2, 32])]), g.scalar(term)]));
  const path = join(work, name);
  writeFileSync(path, writeOnnx(g.build()));
  return path;
}

const model = sum("a.onnx", 1);
const other = sum("b.onnx", 2);

const run = (out: string, name: string, format: string, path = model, more = {}) =>
  exportCommand(path, { folder: work, vectors: "4", out, name, format, ...more });

/** Everything below a folder, with what it holds. */
const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => lstatSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );

const folder = (name: string): string => {
  const path = join(work, name);
  mkdirSync(path);
  return path;
};

test.each([
  [
    "the list of one is called as the vectors of the other",
    "a",
    "table",
    "a.vectors",
    "table",
    "a.vectors.json",
  ],
  ["the other way round", "a.vectors", "table", "a", "table", "a.vectors.json"],
  [
    "a plain file is called as one of 16 bits",
    "a",
    "tflite-float16",
    "a.float16",
    "tflite",
    "a.float16.tflite",
  ],
  ["capitals alone differ", "a", "table", "A", "table", "A.json"],
])("names of which %s are refused beside each other, and nothing is written", async (...given) => {
  const [, first, firstKind, second, secondKind, said] = given;
  const out = folder(given.slice(1, 5).join("-"));
  expect((await run(out, first, firstKind)).fault).toBeUndefined();
  const before = contents(out);
  for (const more of [{}, { check: true }])
    await expect(run(out, second, secondKind, other, more)).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringContaining(said),
    });
  expect(contents(out)).toEqual(before);
  // Neither keeps the first from being written again.
  expect((await run(out, first, firstKind, other)).fault).toBeUndefined();
});

test("a file that no list names is nobody's to replace, whatever stands there; one of the same bytes is", async () => {
  const out = folder("foreign");
  const target = join(work, "target.txt");
  writeFileSync(target, "kept");
  const standing: readonly ((path: string) => void)[] = [
    (path) => writeFileSync(path, "somebody's"),
    (path) => mkdirSync(path),
    (path) => symlinkSync(target, path),
    (path) => symlinkSync(join(work, "nowhere"), path),
  ];
  for (const put of standing) {
    const path = join(out, "a.tlm");
    put(path);
    await expect(run(out, "a", "table")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(readdirSync(out)).toEqual(["a.tlm"]);
    rmSync(path, { recursive: true });
  }
  expect(readFileSync(target, "utf8")).toBe("kept");
  expect(existsSync(join(work, "nowhere"))).toBe(false);
  const elsewhere = folder("elsewhere");
  symlinkSync(elsewhere, join(out, "a.mlpackage"));
  await expect(run(out, "a", "mlpackage")).rejects.toMatchObject({
    message: expect.stringContaining("a.mlpackage, which is a link"),
  });
  expect([readdirSync(elsewhere), readdirSync(out)]).toEqual([[], ["a.mlpackage"]]);
  rmSync(join(out, "a.mlpackage"));
  await run(out, "a", "table");
  const { mtimeMs } = statSync(join(out, "a.tlm"));
  rmSync(join(out, "a.json"));
  expect((await run(out, "a", "table")).value).toMatchObject({ changed: ["a.json"] });
  expect(statSync(join(out, "a.tlm")).mtimeMs).toBe(mtimeMs);
});

test("what an export reads it neither overwrites nor removes", async () => {
  const out = folder("own");
  const path = join(out, "a.onnx");
  const old = writeOnnx(
    (() => {
      const g = graphBuilder("old");
      g.output("y", g.op("Relu", [g.input("x", "float32", ["N", 2])]));
      return { ...g.build(), producerName: "somebody's", producerVersion: "1" };
    })(),
  );
  writeFileSync(path, old);
  const first = await run(out, "a", "onnx", path).catch((error: unknown) => error);
  expect(readFileSync(path)).toEqual(Buffer.from(old));
  // Written as it was read: then it is of the export, which still does not remove what the next one reads.
  expect(first).toMatchObject({ value: { changed: ["a.json", "a.vectors.json"] } });
  const { value, text } = await run(out, "a", "table", path);
  expect(value).toMatchObject({ removed: [] });
  expect(text).toContain("kept: a.onnx");
  expect(readFileSync(path)).toEqual(Buffer.from(old));
  writeFileSync(join(out, "b.vectors.json"), '{"x": {"range": [0, 1]}}');
  await expect(run(out, "b", "table", path, { inputs: join(out, "b.vectors.json") })).rejects.toMatchObject({
    message: expect.stringContaining("which the export is made of"),
  });
});

test("a damaged list of another name, a copy of one, and what is no file claim nothing", async () => {
  const out = folder("damaged");
  await run(out, "a", "table");
  writeFileSync(join(out, "copy.json"), readFileSync(join(out, "a.json")));
  writeFileSync(join(out, "b.json"), readFileSync(join(out, "a.json"), "utf8").slice(0, 200));
  writeFileSync(
    join(out, "c.json"),
    '{"format":1,"kind":"device-package","name":"c","variants":[{"files":7}]}',
  );
  mkdirSync(join(out, "d.json"));
  symlinkSync(join(work, "nowhere"), join(out, "e.json"));
  const before = contents(out);
  expect((await run(out, "a", "table")).value).toMatchObject({ changed: [] });
  for (const name of ["b", "d", "e", "copy"])
    await expect(run(out, name, "table")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  expect(contents(out)).toEqual(before);
  // Its own list is one, and names no file: it is made anew.
  expect((await run(out, "c", "table")).fault).toBeUndefined();
});

test("source replaces source of the same sort, not what a person wrote or another export has", async () => {
  const out = folder("source");
  const source = (name: string, path = model, more = {}) =>
    exportCommand(path, { folder: work, vectors: "4", out, name, source: "c", ...more });
  await source("Gym");
  expect((await source("Gym", other)).fault).toBeUndefined();
  await expect(source("GymTest")).rejects.toMatchObject({ message: expect.stringContaining("gym_test.c") });
  await expect(run(out, "Gym", "table")).rejects.toMatchObject({
    message: expect.stringContaining("Gym.vectors.json"),
  });
  writeFileSync(join(out, "gym.h"), "int kept;\n");
  await expect(source("Gym")).rejects.toMatchObject({ message: expect.stringContaining("gym.h") });
  expect(readFileSync(join(out, "gym.h"), "utf8")).toBe("int kept;\n");
});

test("where one file has no folder to stand in none is written", async () => {
  const out = folder("blocked");
  writeFileSync(join(out, "taken"), "");
  await expect(writeFiles("test", out, { "a.txt": "1", "taken/b.txt": "2" })).rejects.toMatchObject({
    code: "FOLDER_INVALID",
  });
  expect(readdirSync(out)).toEqual(["taken"]);
});

test("what a killed export left goes with the next, and what a living one or a person has there stays", async () => {
  const out = folder("killed");
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const left = (name: string, minutes: number): string => {
    mkdirSync(join(out, name));
    writeFileSync(join(out, name, "0"), "half");
    const then = Date.now() / 1000 - 60 * minutes;
    utimesSync(join(out, name), then, then);
    return name;
  };
  left(`.tideline-${dead}-abcdef`, 5);
  const kept = [
    left(`.tideline-${dead}-ghijkl`, 0),
    left(`.tideline-${process.pid}-abcdef`, 5),
    left(".tideline-notes", 5),
  ];
  await writeFiles("tideline export", out, { "a.txt": "a" });
  expect(readdirSync(out).toSorted()).toEqual([...kept, "a.txt"].toSorted());
});
