import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { declaredManifest, SAMPLE, sampleManifest, withManifest } from "../scripts/sample-privacy.ts";

test("the sample declares to the App Store what tideline privacy writes of its definition", () => {
  const text = readFileSync(SAMPLE, "utf8");
  const manifest = sampleManifest();
  expect(declaredManifest(text)).toEqual(manifest);
  const fitness = {
    NSPrivacyCollectedDataType: "NSPrivacyCollectedDataTypeFitness",
    NSPrivacyCollectedDataTypeLinked: true,
  };
  expect(manifest).toMatchObject({
    NSPrivacyCollectedDataTypes: expect.arrayContaining([expect.objectContaining(fitness)]),
  });
  // The script puts an old declaration right, and leaves what else the file says.
  const stale = withManifest(text, {});
  expect(declaredManifest(stale)).toEqual({});
  expect(JSON.parse(withManifest(stale, manifest))).toEqual(JSON.parse(text));
}, 20_000);
