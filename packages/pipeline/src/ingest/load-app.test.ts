import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadApp } from "./load-app.ts";

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
  [
    "with an app that is empty",
    "export const app = {};",
    /app: expected what defineApp gives.*CONFIG_MALFORMED/,
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
  await expect(loadApp(moduleOf(text))).rejects.toThrow(message);
});

test("an app without a model is one, and a module that is not there is said to be missing", async () => {
  const module = moduleOf(app('event("tap", { at: t.string() }, { purpose: "p", retain: "9d" })'));
  expect(await loadApp(module)).toMatchObject({ name: "a", models: [] });
  await expect(loadApp(join(folder, "nowhere.ts"))).rejects.toThrow(
    /exports your definition.*DATA_NOT_FOUND/,
  );
});
