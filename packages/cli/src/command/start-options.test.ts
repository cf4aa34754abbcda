import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readStartOptions } from "./start-options.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-start-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const config = join(work, "tideline.json");
writeFileSync(config, JSON.stringify({ port: 4700, speed: 30, seed: 3 }));
const recordings = join(work, "recordings");
mkdirSync(recordings);
writeFileSync(join(recordings, "layout.json"), "{}");

test("flags win over the file, and the file over what stands in the code", async () => {
  const options = await readStartOptions({ config, port: "0", data: recordings, exit: true, drift: false });
  expect(options).toMatchObject({ port: 0, speed: 30, seed: 3, host: "127.0.0.1", data: recordings });
  expect(options).toMatchObject({ exit: true, drift: false, json: false, evidence: null });
  expect(options.app).toMatch(/examples\/activity\/app\.ts$/);
});

test.each([
  [{ port: "65536" }, "--port: expected an integer from 0 to 65535, received 65536"],
  [{ port: "4600.5" }, "--port: expected an integer"],
  [{ port: "-1" }, "--port: expected an integer"],
  [{ seed: "x" }, "--seed: expected an integer"],
  [{ speed: "0" }, "--speed: expected a number above 0, received 0"],
  [{ speed: "fast" }, "--speed: expected a number above 0, received fast"],
  [{ evidence: recordings }, "expected an empty folder, or none yet, received one that holds layout.json"],
  [{ evidence: config }, "expected an empty folder, or none yet, received a file"],
  [{ data: work }, "expected a folder of recordings with layout.json, received a folder without it"],
  [{ data: config }, "received a file"],
  [{ data: join(work, "none") }, "received no such folder"],
  [{ config: join(work, "none") }, "expected a file, received no file"],
])("%j is refused before anything starts", async (flags, sentence) => {
  await expect(readStartOptions({ config, ...flags })).rejects.toThrow(sentence);
});
