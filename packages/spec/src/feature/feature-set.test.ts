import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compareApps } from "../compatibility/index.ts";
import { event } from "../event.ts";
import { t } from "../type.ts";
import { checkFeatureSet, count, featureSetName, mean, pinFeatures, view, type ViewPaper } from "./index.ts";

const ports = {
  digest: async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  text: {
    encode: (text: string) => new TextEncoder().encode(text),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  },
};
const tap = event("tap", { size: t.float() }, { purpose: "analytics", retain: "90d" });
const made = (paper: ViewPaper, within: "10m" | "1h" = "10m", more = false) =>
  view("engagement", {
    ...paper,
    entity: { name: "person", joinKey: "subject" },
    source: tap,
    features: (row) => ({
      taps: count({ within }),
      ...(more ? { size: mean(row.size) } : {}),
    }),
  });
const two = made({ version: 2, owner: "growth", description: "How busy a person is" });

describe("a pinned set of features", () => {
  test("goes on while nothing of its meaning changes: words and other features may", async () => {
    const set = await pinFeatures(two, ["taps"], ports);
    expect(featureSetName(set)).toMatch(/^engagement@2#[0-9a-f]{64}$/);
    const later = made({ version: 2, owner: "core", stage: "deprecated" }, "10m", true);
    const three = made({ version: 3 }, "1h");
    expect(await checkFeatureSet(set, [three, later], ports)).toBe(later);
  });

  test("refuses another meaning under its version, and says what to do", async () => {
    const set = await pinFeatures(two, ["taps"], ports);
    const changed = checkFeatureSet(set, [made({ version: 2 }, "1h")], ports);
    await expect(changed).rejects.toMatchObject({ code: "FEATURE_ILLEGAL" });
    await expect(changed).rejects.toThrow(
      "Leave version 2 as it was, and declare the new meaning as version 3 beside it.",
    );
    await expect(checkFeatureSet(set, [two, two], ports)).rejects.toThrow("several");
    await expect(checkFeatureSet(set, [made({ version: 3 })], ports)).rejects.toThrow("versions 3");
    await expect(checkFeatureSet({ ...set, features: ["gone"] }, [two], ports)).rejects.toThrow('"gone"');
  });

  test("is made of stable views and of features that are there", async () => {
    await expect(pinFeatures(made({ stage: "draft" }), ["taps"], ports)).rejects.toThrow("a stable view");
    await expect(pinFeatures(two, ["taps", "taps"], ports)).rejects.toThrow("each once");
    await expect(pinFeatures(two, [], ports)).rejects.toThrow("names among taps");
    expect(() => made({ version: 0 })).toThrow("a whole number from 1");
    expect(() => made({ owner: "" })).toThrow("words");
    expect(() => made({ stage: "old" as "draft" })).toThrow("draft, stable, deprecated");
  });

  test("so the comparison of definitions asks for a new version", () => {
    const app = (...views: ReturnType<typeof made>[]) => ({
      name: "a",
      purposes: {},
      events: {},
      models: [],
      views,
    });
    const verdicts = (...changes: ReturnType<typeof compareApps>) =>
      changes.map(({ verdict, where, remedy }) => [verdict, where, remedy ?? ""].join(": "));
    const changed = made({ version: 2 }, "1h");
    expect(verdicts(...compareApps(app(two), app(changed)))).toEqual([
      'needs_version: view "engagement" version 2.taps: Declare version 3 beside it, and leave version 2 as it is until nothing pins it.',
    ]);
    expect(verdicts(...compareApps(app(two), app(two, made({ version: 3 }, "1h"))))).toEqual([
      'compatible: view "engagement" version 3: ',
    ]);
    expect(compareApps(app(two), app(made({ version: 2, owner: "core" })))).toEqual([]);
    const draft = made({ version: 3, stage: "draft" });
    expect(verdicts(...compareApps(app(draft), app(made({ version: 3 }, "1h"))))).toEqual([
      'compatible: view "engagement" version 3: ',
    ]);
    expect(verdicts(...compareApps(app(two), app()))[0]).toMatch(/^invalidates_models/);
  });
});
