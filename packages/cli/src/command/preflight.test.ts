import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { preflightCommand } from "./preflight.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-preflight-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("what a phone lacks ends the command with a fault and the fix; nothing found with none", async () => {
  const variants = [{ kind: "mlpackage", oldest: "iOS 16, macOS 13", files: [] }];
  writeFileSync(join(work, "net.json"), JSON.stringify({ kind: "device-package", variants }));
  const { fault, text, value } = await preflightCommand(work, { ios: "15" });
  expect(fault).toMatchObject({ code: "CHECK_FAILED" });
  expect(text).toMatch(/1 error\nerror: net.json: mlpackage has operators .*\n {2}Raise/);
  expect(value).toMatchObject({ files: 1, findings: [{ level: "error" }] });
  expect((await preflightCommand(work, { ios: "16" })).fault).toBeUndefined();
});

test.each([{ ios: "new" }, { tflite: "2.x" }, { budget: "-1" }, { budget: "much" }])(
  "%j is refused",
  async (flags) => {
    await expect(preflightCommand(work, flags)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  },
);
