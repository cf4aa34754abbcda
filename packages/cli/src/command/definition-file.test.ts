import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkCommand } from "./check.ts";
import { ingestCommand } from "./ingest.ts";
import { createKeysCommand, pinCommand } from "./keys.ts";
import { privacyCommand } from "./privacy.ts";
import { serveCommand } from "./serve.ts";
import { startCommand } from "./start.ts";
import { subjectExportCommand } from "./subject-export.ts";

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

const made = join(folder, "made");
const settings = { folder: made, host: "127.0.0.1", port: 0, seed: 1, region: null, speed: null } as const;
const start = { exit: true, json: false, data: null, evidence: null, drift: true } as const;
const SERVERS = {
  ingest: (module: string) => ingestCommand({ ...settings, app: module, writer: "c", json: false }),
  serve: (module: string) => serveCommand({ ...settings, app: module }),
  start: (module: string) => startCommand({ ...settings, ...start, app: module }),
} as const;

test.each(Object.entries(SERVERS))(
  "%s takes nothing with a module that is no definition, and leaves no folder",
  async (_, serve) => {
    const empty = serve(moduleOf("export const app = {};"));
    await expect(empty).rejects.toThrow(/app: expected what defineApp gives.*CONFIG_MALFORMED/);
    const wrong = serve(moduleOf(app('event("tap", {}, { purpose: "q", retain: "9d" })')));
    await expect(wrong).rejects.toThrow(/event "tap"\.purpose.*DEFINITION_ILLEGAL/);
    expect(existsSync(made)).toBe(false);
  },
);

test.each([SERVERS.serve, SERVERS.start])("what trains wants a model", async (serve) => {
  const module = moduleOf(app('event("tap", {}, { purpose: "p", retain: "9d" })'));
  await expect(serve(module)).rejects.toThrow(/app\.models: expected a model.*CONFIG_MALFORMED/);
  expect(existsSync(made)).toBe(false);
});

test("a person's data is exported under an app without a model; a mistaken --out is said as one", async () => {
  const kept = join(folder, "kept");
  await createKeysCommand(kept, { rootKey: join(folder, "vault") });
  const module = moduleOf(app('event("tap", {}, { purpose: "p", retain: "9d" })'));
  const ask = (out: string) => subjectExportCommand({ folder: kept, app: module, user: "anna", out });
  const out = join(folder, "anna.ndjson");
  expect(await ask(out)).toMatchObject({ value: { lines: 0 } });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const before = readFileSync(out, "utf8");
  await expect(ask(out)).rejects.toThrow(/--out: expected a new file.*there already.*ARGUMENT_INVALID/);
  expect(readFileSync(out, "utf8")).toBe(before);
  await expect(ask(join(folder, "nope", "ex"))).rejects.toThrow(/not there \(ENOENT\).*ARGUMENT_INVALID/);
  await expect(ask(folder)).rejects.toThrow(/ARGUMENT_INVALID/);
  for (const path of [join(folder, "nope", "x"), kept, join(out, "x")]) {
    // In its own name, not that of a temporary file.
    await expect(pinCommand(kept, path)).rejects.toThrow(
      new RegExp(`--out: expected a file that can be written, received ${path}, .*ARGUMENT_INVALID`),
    );
  }
  expect(await pinCommand(kept, join(folder, "root.json"))).toMatchObject({
    value: { root: { version: 1 } },
  });
});
