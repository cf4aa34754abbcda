import { tidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import type { ModelArtifact, ParityReport } from "../release/index.ts";
import { comparedVariants } from "./compared-variants.ts";

const variant = (kind: string, numbers: ModelArtifact["numbers"]): ModelArtifact => ({
  kind,
  format: "tflite",
  numbers,
  files: [],
  size: 0,
  sha256: kind,
  oldest: "",
});
const [exact, half, dynamic, whole] = [
  variant("tflite", "exact"),
  variant("tflite-float16", "float16"),
  variant("tflite-dynamic-int8", "int8"),
  variant("tflite-int8", "int8"),
] as const;

/** A gate that some files fail, and whose report names what it was of. */
const gate =
  (...failing: readonly ModelArtifact[]) =>
  async (artifacts: readonly ModelArtifact[]): Promise<ParityReport> => {
    const worst = artifacts.find((one) => failing.includes(one));
    if (worst !== undefined)
      throw tidelineError("PARITY_FAILED", {
        who: "matrix",
        expected: "no fault",
        received: worst.kind,
        remedy: "None.",
      });
    return { graph: artifacts.map(({ kind }) => kind).join() } as ParityReport;
  };

test.each([
  ["none", []],
  ["one", [whole]],
  ["two", [half, whole]],
  ["all", [half, dynamic, whole]],
])(
  "of rounded files %s fail the gate: those alone are left out, each with its own reason",
  async (_, failing) => {
    const variants = [exact, half, dynamic, whole];
    const { offered, parity, refused } = await comparedVariants(gate(...failing), variants);
    expect(offered).toEqual(variants.filter((one) => !failing.includes(one)));
    expect(parity.graph).toBe(offered.map(({ kind }) => kind).join());
    expect(Object.keys(refused)).toEqual(failing.map(({ kind }) => kind.replace("tflite", "litert")));
    for (const [at, reason] of Object.values(refused).entries())
      expect(reason).toContain(`received ${failing[at]!.kind}.`);
  },
);

test("a file of exact numbers that fails the gate is an error", async () => {
  await expect(comparedVariants(gate(exact), [exact, half])).rejects.toMatchObject({ code: "PARITY_FAILED" });
});
