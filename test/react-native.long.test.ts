import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packSdk } from "../scripts/pack.ts";
import { tarballFaults } from "../scripts/react-native/tarball-fault.ts";
import { checkRun } from "../scripts/react-native/vector-check.ts";
import { vectorInput } from "../scripts/react-native/vector-input.ts";
import { runVectors } from "../scripts/react-native/vector-run.ts";

const out = mkdtempSync(join(tmpdir(), "tideline-tarball-"));
afterAll(() => rmSync(out, { recursive: true }));

test("what the bundle on Hermes is asked agrees with the vectors, and a change of any is noticed", async () => {
  const input = await vectorInput();
  const source = await runVectors(input);
  expect(checkRun({ input, source }, source, "sources")).toEqual([]);
  expect(input.tables.length + input.refusedTables.length).toBeGreaterThan(7);
  expect(input.wire.length).toBeGreaterThan(10);

  const faultsOf = (report: Partial<typeof source>) =>
    checkRun({ input, source }, { ...source, ...report }, "x");
  const [name] = Object.keys(source.tables);
  expect(faultsOf({ tables: { ...source.tables, [name!]: 1.01 } })).toHaveLength(1);
  expect(faultsOf({ tables: {} })).toHaveLength(input.tables.length);
  expect(faultsOf({ device: source.device.replace("1", "2") })).toHaveLength(1);
  expect(faultsOf({ compressed: "H4sIAAAAAAAAAwMAAAAAAAAAAAA=" })).toHaveLength(1);
  expect(faultsOf({ batch: { header: {} } })).toHaveLength(1);
  const [first, ...others] = input.wire;
  const changed = { ...input, wire: [{ ...first!, header: { format: 2 } }, ...others] };
  expect((await runVectors(changed)).wireFaults.length).toBeGreaterThan(0);
  const [signature] = input.signatures;
  const forged = { ...input, signatures: [[...signature!.slice(0, 3), false] as never] };
  expect((await runVectors(forged)).signatureFaults).toEqual([0]);
});

test("tarballs hold what a phone takes: no test, no built-in of Node, every export", () => {
  const tarballs = packSdk(out, ["spec", "react-native"]);
  expect(tarballs.flatMap(tarballFaults)).toEqual([]);
  const [spec] = tarballs;
  expect(tarballFaults({ ...spec!, files: [...spec!.files, "src/app.test.ts"] })).toHaveLength(1);
  expect(
    tarballFaults({ ...spec!, files: spec!.files.filter((file) => file !== "dist/index.js") }),
  ).toHaveLength(2);
  expect(tarballFaults({ ...spec!, bytes: 1e6 })).toHaveLength(1);
}, 60_000);
