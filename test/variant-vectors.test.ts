import { readFileSync } from "node:fs";
import type { SelfTestVectors, VariantAnswers } from "@tideline/spec";
import { expect, test } from "vitest";
import { selfTest } from "../packages/device/src/active-model.ts";

test("the self-test of the first release with answers of variants is read as then", async () => {
  const first = JSON.parse(
    readFileSync(new URL("../vectors/compat/v1-variants/vectors.json", import.meta.url), "utf8"),
  ) as SelfTestVectors;
  const [[sha256, own]] = Object.entries(first.variants!) as [[string, VariantAnswers]];
  const says = (all: readonly (readonly number[])[], off: number, variant: string) => {
    let at = 0;
    const run = async () => Float32Array.from(all[at++]!, (value) => value + off);
    return selfTest({ run, dispose: () => {} }, first, {
      sha256: variant,
      bytes: 1,
      format: "litert",
      version: 3,
    });
  };
  await says(own.probabilities, 0.9 * own.deviation, sha256);
  await says(first.probabilities, 0.9 * first.tolerance, "0".repeat(64));
  const refused = { code: "SELF_TEST_FAILED" };
  await expect(says(own.probabilities, 1.1 * own.deviation, sha256)).rejects.toMatchObject(refused);
  await expect(says(first.probabilities, 1.1 * first.tolerance, "0".repeat(64))).rejects.toMatchObject(
    refused,
  );
});
