import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventColumns, evolveColumns } from "@tideline/pipeline";
import type { AppDefinition, EventDefinition } from "@tideline/spec";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { anyEdit } from "../../../spec/src/compatibility/testing/random-event.ts";
import { checkCommand } from "./check.ts";
import { compareLake } from "./check-lake.ts";
import { parseDefinition, recordDefinition, recordedDefinitions } from "./definition-file.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEC = join(import.meta.dirname, "..", "..", "..", "spec", "src", "index.ts");
const DEVICE_APP = join(import.meta.dirname, "..", "..", "..", "..", "test", "device-app.ts");
const COMPAT_APP = join(import.meta.dirname, "..", "..", "..", "..", "scripts", "compat", "app.ts");

/** A module with the small app and one more event. */
function moduleWith(name: string, declaration: string): string {
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `import { defineApp, event, t } from ${JSON.stringify(SPEC)};
     import { app as small } from ${JSON.stringify(DEVICE_APP)};
     const extra = ${declaration};
     export const app = defineApp({ ...small, events: [...Object.values(small.events), extra] });`,
  );
  return path;
}
const first = moduleWith(
  "first",
  'event("walk", { steps: t.int({ min: 0 }), place: t.string() }, { purpose: "improve", retain: "90d" })',
);
const narrower = moduleWith(
  "narrower",
  'event("walk", { steps: t.string(), place: t.string({ maxLength: 9 }) }, { purpose: "improve", retain: "90d" })',
);
const wider = moduleWith(
  "wider",
  'event("walk", { steps: t.float({ min: 0 }), place: t.string(), why: t.optional(t.string()) }, { purpose: "improve", retain: "90d" })',
);
const published = join(folder, "published.json");

test("saves what is published, and says what a change breaks, with what to write", async () => {
  const saved = await checkCommand(first, { save: published });
  expect(saved.text).toMatch(/saved as .*published\.json$/);
  const same = await checkCommand(first, { against: published });
  expect(same).toMatchObject({ value: { compatible: true, changes: [] } });
  expect(same.fault).toBeUndefined();

  const broken = await checkCommand(narrower, { against: published, save: join(folder, "not.json") });
  expect(broken.fault).toMatchObject({ code: "CHECK_FAILED" });
  expect(broken.fault!.message).toMatch(/3 changes: 1 breaks the lake's columns, 2 needs a new version/);
  expect(broken.text).toContain('event "walk".steps: integer of at least 0 became text of at most 256');
  expect(broken.text).toContain("a column of BIGINT became VARCHAR");
  expect(broken.text).toMatch(/Write\n {6}version: 2, previous: \[\{ version: 1, fields: \{ steps: t\.int/);
  expect(broken.text).toContain('"place" refuses what it took');
  expect(broken.text).toContain("Remedy as above");
  // What breaks something is no baseline.
  expect(() => readFileSync(join(folder, "not.json"))).toThrow(/ENOENT/);

  const fine = await checkCommand(wider, { against: published });
  expect(fine.fault).toBeUndefined();
  expect(fine.text).toMatch(/2 changes: 2 compatible/);
});

test("takes a module, and the output of --json, as what was published", async () => {
  const { value } = await checkCommand(first);
  const printed = join(folder, "printed.json");
  writeFileSync(printed, `some other line\n${JSON.stringify(value)}\n`);
  for (const against of [first, printed]) {
    expect((await checkCommand(narrower, { against })).fault?.code).toBe("CHECK_FAILED");
    expect((await checkCommand(first, { against })).fault).toBeUndefined();
  }
});

test("a baseline that is none is refused", async () => {
  const app = JSON.parse(readFileSync(published, "utf8")) as { app: AppDefinition };
  const { walk } = app.app.events as Record<string, EventDefinition>;
  for (const [value, message] of [
    ["{", /no JSON/],
    ["[]", /definition/],
    [JSON.stringify({ ...app, format: 2 }), /format 2, of a newer/],
    [JSON.stringify({ ...app.app, events: { walk: { ...walk, version: "1" } } }), /events\.walk\.version/],
    [
      JSON.stringify({ ...app.app, events: { walk: { ...walk, fields: { a: { kind: "blob" } } } } }),
      /events\.walk\.fields\.a\.kind/,
    ],
  ] as const) {
    expect(() => parseDefinition(value, "x")).toThrow(message);
    expect(() => parseDefinition(value, "x")).toThrow(/DATA_MALFORMED/);
  }
  await expect(checkCommand(first, { against: join(folder, "nowhere") })).rejects.toThrow(/DATA_NOT_FOUND/);
  await expect(checkCommand(first, { against: folder })).rejects.toThrow(/FOLDER_INVALID/);
  await expect(checkCommand(first, { save: join(folder, "no", "where") })).rejects.toThrow(/--save/);
});

test("a folder keeps every definition that it served, and notices another file", async () => {
  const { app } = parseDefinition(readFileSync(published, "utf8"), "x");
  await recordDefinition(folder, app);
  await recordDefinition(folder, app);
  await recordDefinition(folder, { ...app, name: "other" });
  const found = await recordedDefinitions(folder);
  expect(found.map((one) => one.app.name).sort()).toEqual(["other", "small"]);
  writeFileSync(found[0]!.source, "{}");
  await expect(recordedDefinitions(folder)).rejects.toThrow(/DATA_MALFORMED/);
});

test("a folder answers with what it served and with the columns of its lake", async () => {
  const copy = join(folder, "loop");
  cpSync(join(import.meta.dirname, "../../../../vectors/compat/v1/folder"), copy, { recursive: true });
  const same = await checkCommand(COMPAT_APP, { against: copy });
  expect(same.value).toMatchObject({ compatible: true, baselines: [], lake: true });
  const other = join(folder, "other.ts");
  writeFileSync(
    other,
    `import { event, t } from ${JSON.stringify(SPEC)};
     import { app as published } from ${JSON.stringify(COMPAT_APP)};
     const tap = event("tap", { target: t.int() }, { purpose: "analytics", retain: "90d" });
     export const app = { ...published, events: { ...published.events, tap } };`,
  );
  const broken = await checkCommand(other, { against: copy });
  expect(broken.text).toMatch(/event "tap"\.target: a column of VARCHAR became BIGINT/);
  expect(broken.fault?.code).toBe("CHECK_FAILED");

  await recordDefinition(copy, parseDefinition(readFileSync(published, "utf8"), "x").app);
  const served = await checkCommand(narrower, { against: copy });
  expect(served.text).toMatch(/against .*definition.*\.json/);
  expect(served.text).toContain('event "walk".steps: integer of at least 0 became text');
  await expect(checkCommand(first, { against: join(folder, "gone") })).rejects.toThrow(/DATA_NOT_FOUND/);
});

test("says that the lake breaks exactly where the lake would say so", () => {
  const appOf = (event: EventDefinition): AppDefinition => ({
    name: "a",
    purposes: {},
    events: { [event.name]: event },
    views: [],
    models: [],
  });
  const isLegal = (event: EventDefinition): boolean => {
    try {
      for (const { fields } of [event, ...event.previous]) eventColumns({ ...event, fields });
      return true;
    } catch {
      return false;
    }
  };
  let broken = 0;
  fc.assert(
    fc.property(anyEdit, ([older, newer]) => {
      fc.pre(isLegal(older) && isLegal(newer));
      const says = compareLake(appOf(older), appOf(newer)).length > 0;
      const does = [older, ...older.previous].some(({ fields }) => {
        try {
          evolveColumns("e", eventColumns({ ...older, fields }), eventColumns(newer));
          return false;
        } catch {
          return true;
        }
      });
      if (does) broken += 1;
      expect(says).toBe(does);
    }),
  );
  expect(broken).toBeGreaterThan(5);
});
