import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { archiveFindings, libraryFindings } from "./library-finding.ts";
import { preflight } from "./preflight.ts";
import { isOlder } from "./runtime-finding.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-preflight-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A library of two LOAD segments and another one. */
function library(alignment: number, wide = true): Uint8Array {
  const [header, entry] = wide ? [64, 56] : [52, 32];
  const bytes = new Uint8Array(header + 3 * entry);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]);
  const view = new DataView(bytes.buffer);
  const long = (at: number, value: number): void =>
    wide ? view.setBigUint64(at, BigInt(value), true) : view.setUint32(at, value, true);
  long(wide ? 32 : 28, header);
  view.setUint16(wide ? 54 : 42, entry, true);
  view.setUint16(wide ? 56 : 44, 3, true);
  for (const [at, [type, own]] of [
    [1, 1 << 16],
    [1, alignment],
    [6, 8],
  ].entries() as ArrayIterator<[number, [number, number]]>) {
    view.setUint32(header + at * entry, type, true);
    long(header + at * entry + (wide ? 48 : 28), own);
  }
  return bytes;
}

/** An archive of one file, stored or packed, its bytes from `start` on. */
function archive(name: string, content: Uint8Array, { packed = false, start = 0 } = {}): Uint8Array {
  const title = new TextEncoder().encode(name);
  const data = packed ? new Uint8Array(deflateRawSync(content)) : content;
  const extra = Math.max(0, start - 30 - title.length);
  const local = new Uint8Array(30 + title.length + extra);
  const view = new DataView(local.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(26, title.length, true);
  view.setUint16(28, extra, true);
  local.set(title, 30);
  const central = new Uint8Array(46 + title.length);
  const own = new DataView(central.buffer);
  own.setUint32(0, 0x02014b50, true);
  own.setUint16(10, packed ? 8 : 0, true);
  own.setUint32(20, data.length, true);
  own.setUint32(24, content.length, true);
  own.setUint16(28, title.length, true);
  central.set(title, 46);
  const end = new Uint8Array(22);
  const last = new DataView(end.buffer);
  last.setUint32(0, 0x06054b50, true);
  last.setUint16(10, 1, true);
  last.setUint32(16, local.length + data.length, true);
  return Uint8Array.from([...local, ...data, ...central, ...end]);
}

const model = (): Uint8Array => {
  const g = graphBuilder("net");
  g.output("y", g.op("Relu", [g.input("x", "float32", ["N", 2])]));
  return writeOnnx(g.build());
};

test("a library of 4 KB pages is found, others and those of 32 bits are not", () => {
  expect(libraryFindings("a.so", library(4096))).toMatchObject([
    { level: "error", check: "pages", fix: expect.stringContaining("max-page-size=16384") },
  ]);
  expect(libraryFindings("a.so", library(16384))).toEqual([]);
  expect(libraryFindings("a.so", library(4096, false))).toEqual([]);
  expect(libraryFindings("a.so", library(16384).subarray(0, 100))).toMatchObject([{ level: "warning" }]);
  expect(libraryFindings("a.so", new Uint8Array(3))).toMatchObject([{ level: "warning" }]);
});

test("libraries in archives are found, packed or stored at a wrong place", () => {
  const name = "lib/arm64-v8a/libx.so";
  const told = (file: string, bytes: Uint8Array) => archiveFindings(file, bytes).map(({ what }) => what);
  expect(told("a.aab", archive(name, library(4096), { packed: true }))[0]).toMatch(/aligned to 4096/);
  expect(told("a.apk", archive(name, library(16384)))[0]).toMatch(/no multiple of 16384/);
  expect(told("a.apk", archive(name, library(16384), { start: 16384 }))).toEqual([]);
  expect(told("a.aab", archive(name, library(16384)))).toEqual([]);
  expect(told("a.apk", new Uint8Array(40))[0]).toMatch(/no archive/);
  expect(told("a.apk", new Uint8Array(5))[0]).toMatch(/no archive/);
  const bomb = archive(name, new Uint8Array(1 << 20), { packed: true });
  new DataView(bomb.buffer).setUint32(bomb.length - 22 - 46 - name.length + 24, 64, true);
  expect(archiveFindings("a.apk", bomb)).toMatchObject([{ level: "warning" }]);
});

test("a package is held to its list, the oldest phones and the budget", async () => {
  const folder = join(work, "app");
  mkdirSync(folder);
  writeFileSync(join(folder, "net.tflite"), "other bytes");
  const files = [
    { path: "net.tflite", bytes: 3, sha256: "0".repeat(64) },
    { path: "../../etc/passwd", bytes: 3, sha256: "0".repeat(64) },
  ];
  const variants = [
    { kind: "tflite", oldest: "TensorFlow Lite 2.10.0", files },
    { kind: "mlpackage", oldest: "iOS 16, macOS 13", files: [] },
  ];
  writeFileSync(join(folder, "net.json"), JSON.stringify({ kind: "device-package", variants }));
  writeFileSync(join(folder, "other.json"), '{"kind": "device-package", "variants": [{"files": 3}, 4]}');
  const { findings, modelBytes } = await preflight(folder, { ios: "15.4", tflite: "2.9.1", budget: 5 });
  expect(modelBytes).toBe(11);
  expect(findings.map(({ check, what }) => `${check}: ${what}`)).toEqual([
    "runtime: tflite has operators that TensorFlow Lite knows from 2.10.0 on; the app is for 2.9.1",
    "package: is not the file that was held against the model",
    "package: is missing",
    "runtime: mlpackage has operators that iOS knows from 16 on; the app is for 15.4",
    "size: models take 11 bytes; the budget is 5",
  ]);
  expect((await preflight(folder, { ios: "16", tflite: "2.10" })).findings).toHaveLength(2);
});

test("a model tells what it does not come in, and what is older than it needs", async () => {
  const path = join(work, "net.onnx");
  writeFileSync(path, model());
  const { findings } = await preflight(path, { onnxruntime: "1.13.1" });
  expect(findings[0]).toMatchObject({
    level: "error",
    what: expect.stringMatching(/from 1.14 on; .* 1.13.1/),
  });
  expect(findings.slice(1)).toMatchObject([{ level: "note", what: expect.stringMatching(/mlmodel/) }]);
  writeFileSync(path, "no model");
  expect((await preflight(path)).findings).toMatchObject([{ level: "error", check: "format" }]);
  await expect(preflight(join(work, "none"))).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
  await expect(preflight("/dev/null")).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
});

test("what is not looked into is said, and a folder without anything to look into does not pass", async () => {
  const folder = join(work, "alone");
  mkdirSync(folder);
  writeFileSync(join(folder, "notes.txt"), "words");
  await expect(preflight(folder)).rejects.toMatchObject({
    code: "DATA_NOT_FOUND",
    message: expect.stringContaining("received 1 other file"),
  });
  writeFileSync(join(folder, "net.tflite"), "bytes");
  writeFileSync(join(folder, "net.onnx"), model());
  const { findings, modelBytes } = await preflight(folder);
  expect(modelBytes).toBeGreaterThan(5);
  expect(findings).toMatchObject([
    { level: "note", file: "net.onnx", fix: "Give tideline preflight the file by itself." },
    { level: "note", file: "net.tflite", what: expect.stringContaining("only its size is looked at") },
  ]);
  // What a list names is held to the list instead.
  const variants = [
    { kind: "tflite", oldest: "any", files: [{ path: "net.tflite", bytes: 5, sha256: "0" }] },
  ];
  writeFileSync(join(folder, "net.json"), JSON.stringify({ kind: "device-package", variants }));
  expect((await preflight(folder)).findings.map(({ file, check }) => [file, check])).toEqual([
    ["net.json: net.tflite", "package"],
    ["net.onnx", "format"],
  ]);
});

test("versions are compared by their numbers", () => {
  expect(isOlder("2.9", "2.10.0")).toBe(true);
  expect(isOlder("2.10", "2.10.0")).toBe(false);
  expect(isOlder("16.0.1", "16")).toBe(false);
});
