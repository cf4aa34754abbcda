import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkCommand } from "./check.ts";
import { privacyCommand } from "./privacy.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-definition-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEC = join(import.meta.dirname, "..", "..", "..", "spec", "src", "index.ts");
let count = 0;
/** A module with some text after the import of the vocabulary. */
function moduleOf(text: string): string {
  count += 1;
  const path = join(folder, `app-${count}.ts`);
  writeFileSync(path, `import { defineApp, event, t } from ${JSON.stringify(SPEC)};\n${text}\n`);
  return path;
}
const app = (events: string, more = "") =>
  `export const app = defineApp({ name: "a", purposes: { p: "Count." }, events: [${events}], views: [], models: [], ${more} });`;

test("an app without a model is one", async () => {
  const module = moduleOf(app('event("tap", { at: t.string() }, { purpose: "p", retain: "9d" })'));
  expect((await checkCommand(module)).text).toContain(`from ${module}`);
  const { text } = await privacyCommand(module, { out: join(folder, "out") });
  expect(text).toContain(`app a, from ${module}`);
});

test("what was put together without defineApp is held against its rules, and the lake's", async () => {
  const event = (fields: string, retain = "9d") =>
    `export const app = { name: "a", purposes: { p: "" }, views: [], models: [], events: { tap: { name: "tap", version: 1, purpose: "p", retain: "${retain}", previous: [], fields: ${fields} } } };`;
  await expect(checkCommand(moduleOf(event("{}", "ever")))).rejects.toThrow(/retain.*DEFINITION_ILLEGAL/);
  const twice = event('{ a: t.media({ types: ["image/png"], maxBytes: 9 }), a_type: t.string() }');
  await expect(checkCommand(moduleOf(twice))).rejects.toThrow(/no two columns of one name.*a_type/);
});

/** Ends of the command line for a module. */
function run(...args: readonly string[]) {
  const main = join(import.meta.dirname, "..", "main.ts");
  const options = { encoding: "utf8", cwd: folder } as const;
  const { stdout, status } = spawnSync(process.execPath, [main, ...args, "--json"], options);
  const { error } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { error: object };
  return { status, error };
}

test("from the command line the line of the module is named, also as JSON", () => {
  const module = moduleOf(app('event("tap", { at: t.sting() }, {})'));
  const { status, error } = run(
    "client",
    module,
    "--language",
    "kotlin",
    "--package",
    "a.b",
    "--out",
    folder,
  );
  expect(status).toBe(78);
  expect(error).toMatchObject({
    code: "CONFIG_MALFORMED",
    message: expect.stringMatching(/app-\d+\.ts, line 2: .*t\.sting is not a function/),
  });
});

test.each([["ingest", "--writer", "c"], ["serve"], ["start", "--exit"]])(
  "%s takes nothing with a module that is no definition, and leaves no folder",
  (...command) => {
    const place = ["--folder", join(folder, "made"), "--port", "0"];
    const empty = run(...command, ...place, "--app", moduleOf("export const app = {};"));
    expect(empty.error).toMatchObject({
      code: "CONFIG_MALFORMED",
      message: expect.stringMatching(/app: expected what defineApp gives/),
    });
    const wrong = moduleOf(app('event("tap", {}, { purpose: "q", retain: "9d" })'));
    expect(run(...command, ...place, "--app", wrong).error).toMatchObject({ code: "DEFINITION_ILLEGAL" });
    expect(existsSync(join(folder, "made"))).toBe(false);
  },
  20_000,
);

test.each([["serve"], ["start", "--exit"]])(
  "%s wants a model",
  (...command) => {
    const module = moduleOf(app('event("tap", {}, { purpose: "p", retain: "9d" })'));
    const { error } = run(...command, "--folder", join(folder, "made"), "--port", "0", "--app", module);
    expect(error).toMatchObject({ message: expect.stringMatching(/app\.models: expected a model/) });
    expect(existsSync(join(folder, "made"))).toBe(false);
  },
  20_000,
);
