import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { privacyCommand } from "./privacy.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-privacy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEC = join(import.meta.dirname, "..", "..", "..", "spec", "src", "index.ts");
const DEVICE_APP = join(import.meta.dirname, "..", "..", "..", "..", "test", "device-app.ts");

/** A module with the small app, all that a store asks for, and more events. */
function moduleWith(name: string, events: string): string {
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `import { defineApp, event, t } from ${JSON.stringify(SPEC)};
     import { app as small } from ${JSON.stringify(DEVICE_APP)};
     const privacy = { deletionUrl: "https://a.example/erase", policyUrl: "https://a.example/privacy",
       endpoints: ["https://in.example"], deletion: "in-app", access: "in-app", shared: [], accounts: ["none"] };
     export const app = defineApp({ ...small, privacy, events: [...Object.values(small.events), ${events}] });`,
  );
  return path;
}
const plain = moduleWith("plain", "");
const located = moduleWith(
  "located",
  'event("trip", { latitude: t.float(), longitude: t.float() }, { purpose: "analytics", retain: "1d" })',
);
const out = join(folder, "paper", "work");

test("writes the paperwork, which an event more puts out of date", async () => {
  const written = await privacyCommand(plain, { out });
  expect(written.fault).toBeUndefined();
  expect(written.text).toMatch(/nothing is left open[^]*5 files in .*work, 5 changed$/);
  expect(readdirSync(out).sort()).toEqual([
    "PrivacyInfo.xcprivacy",
    "label.html",
    "label.md",
    "play-data-safety.csv",
    "privacy-manifest.json",
  ]);
  expect((await privacyCommand(plain, { out, check: true })).fault).toBeUndefined();
  expect((await privacyCommand(plain, { out })).value).toMatchObject({ changed: [] });

  const before = readFileSync(join(out, "PrivacyInfo.xcprivacy"), "utf8");
  const stale = await privacyCommand(located, { out, check: true });
  expect(stale.fault).toMatchObject({ code: "CHECK_FAILED" });
  expect(stale.value).toMatchObject({
    changed: [
      "PrivacyInfo.xcprivacy",
      "privacy-manifest.json",
      "play-data-safety.csv",
      "label.md",
      "label.html",
    ],
  });
  expect(stale.text).toMatch(
    /event "trip"\.latitude: filed as precise_location[^]*t\.category\("precise_location"/,
  );
  expect(readFileSync(join(out, "PrivacyInfo.xcprivacy"), "utf8")).toBe(before);
  await privacyCommand(located, { out });
  expect(readFileSync(join(out, "PrivacyInfo.xcprivacy"), "utf8")).toContain("PreciseLocation");
});

test("fills a form of the console, and refuses another file", async () => {
  const form = join(out, "play-data-safety.csv");
  const filled = await privacyCommand(plain, { out: join(folder, "filled"), playTemplate: form });
  expect(filled.fault).toBeUndefined();
  expect(readFileSync(join(folder, "filled", "play-data-safety.csv"), "utf8")).not.toContain(
    "PRECISE_LOCATION,true",
  );
  const playTemplate = join(folder, "nowhere.csv");
  await expect(privacyCommand(plain, { out, playTemplate })).rejects.toThrow(
    /--play-template.*DATA_NOT_FOUND/,
  );
  await expect(privacyCommand(plain, { out, playTemplate: plain })).rejects.toThrow(/DATA_MALFORMED/);
  await expect(privacyCommand(plain, { out: plain })).rejects.toThrow(
    /expected a place where a folder can be made.*FOLDER_INVALID/,
  );
});
