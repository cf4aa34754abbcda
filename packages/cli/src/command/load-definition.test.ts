import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkCommand } from "./check.ts";
import { loadDefinition } from "./load-definition.ts";
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
  expect((await loadDefinition(module)).name).toBe("a");
  expect((await checkCommand(module)).text).toContain(`from ${module}`);
  const { text } = await privacyCommand(module, { out: join(folder, "out") });
  expect(text).toContain(`app a, from ${module}`);
});

test.each([
  ["with a call that is none", app('event("tap", { at: t.sting() }, {})'), /t\.sting is not a function/],
  [
    "that is no TypeScript",
    "export const app = {{;",
    /expected a module that can be imported, received \w+.*CONFIG_MALFORMED/,
  ],
  ["with an import that is missing", 'import "no-such-package";', /no-such-package/],
  ["without the export", "export const ap = 1;", /no such export.*export const app = defineApp/],
  [
    "with a field that is a text",
    app('event("tap", { at: "string" as never }, { purpose: "p", retain: "9d" })'),
    /app\.events\.tap\.fields\.at: /,
  ],
  ["that is another thing", "export const app = 7;", /app: expected what defineApp gives/],
  [
    "that defineApp refuses",
    app('event("tap", {}, { purpose: "q", retain: "9d" })'),
    /event "tap"\.purpose.*DEFINITION_ILLEGAL/,
  ],
  [
    "with a retention that cannot be read",
    app('event("tap", {}, { purpose: "p", retain: "for ever" })'),
    /retain: .*such as "90d".*DEFINITION_ILLEGAL/,
  ],
])("a module %s is refused in words that help", async (_, text, message) => {
  await expect(loadDefinition(moduleOf(text))).rejects.toThrow(message);
});

test("what was put together without defineApp is held against its rules, and the lake's", async () => {
  const event = (fields: string, retain = "9d") =>
    `export const app = { name: "a", purposes: { p: "" }, views: [], models: [], events: { tap: { name: "tap", version: 1, purpose: "p", retain: "${retain}", previous: [], fields: ${fields} } } };`;
  await expect(checkCommand(moduleOf(event("{}", "ever")))).rejects.toThrow(/retain.*DEFINITION_ILLEGAL/);
  const twice = event('{ a: t.media({ types: ["image/png"], maxBytes: 9 }), a_type: t.string() }');
  await expect(checkCommand(moduleOf(twice))).rejects.toThrow(/no two columns of one name.*a_type/);
  await expect(loadDefinition(join(folder, "nowhere.ts"))).rejects.toThrow(
    /exports your definition.*DATA_NOT_FOUND/,
  );
});

test("from the command line the line of the module is named, also as JSON", () => {
  const module = moduleOf(app('event("tap", { at: t.sting() }, {})'));
  const main = join(import.meta.dirname, "..", "main.ts");
  const { stdout, status } = spawnSync(
    process.execPath,
    [main, "client", module, "--language", "kotlin", "--package", "a.b", "--out", folder, "--json"],
    { encoding: "utf8" },
  );
  expect(status).toBe(78);
  expect((JSON.parse(stdout.trim().split("\n").at(-1)!) as { error: object }).error).toMatchObject({
    code: "CONFIG_MALFORMED",
    message: expect.stringMatching(/app-\d+\.ts, line 2: .*t\.sting is not a function/),
  });
});
