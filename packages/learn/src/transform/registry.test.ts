import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../pipeline/src/runtime/onnxruntime-node.ts";
import { TRANSFORMS } from "./registry.ts";
import { CASES } from "./testing/case.ts";
import { transformChecks, type TransformCase } from "./testing/transform-check.ts";
import type { AnyTransformDef } from "./transform-def.ts";

const all: readonly (readonly [string, AnyTransformDef])[] = Object.entries(TRANSFORMS);

describe.each(all)("%s", (name, def) => {
  test("stands under its own kind", () => expect(def.kind).toBe(name));
  // A graph of one's own has a test of its own.
  if (name === "graphTransform") return;
  const cases: readonly TransformCase[] = CASES[name] ?? [{}];
  for (const [at, own] of cases.entries())
    for (const { name: property, run } of transformChecks(def, { runtimes: [onnxruntimeNode], ...own }))
      test(`case ${at}: ${property}`, run);
});
