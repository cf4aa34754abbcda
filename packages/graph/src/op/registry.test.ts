import { describe, expect, test } from "vitest";
import { NEWEST_OPSET, sinceOf } from "../opset.ts";
import { TABLE_LOWERINGS } from "../table/registry.ts";
import type { Lowering, Unlowered } from "../table/lowering.ts";
import type { NoGradient, OpDefinition } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";
import { OPS } from "./registry.ts";
import { OP_CASES } from "./testing/case.ts";

const names = Object.keys(OPS) as OpName[];
const DEFINITIONS: Record<OpName, OpDefinition> = OPS;
const LOWERINGS: Record<OpName, Lowering | Unlowered> = TABLE_LOWERINGS;

/** Whether a text reads on behind "unsupported, since": some words, no capital at its head but a name's, no full stop. */
const isReason = (text: string): boolean =>
  text.split(" ").length >= 4 && text.trim() === text && !text.endsWith(".") && !/undefined|TODO/.test(text);

describe("what is said of operators is said of every one", () => {
  test("cases and lowerings are those of the registry", () => {
    expect(Object.keys(OP_CASES).toSorted()).toEqual(names.toSorted());
    expect(Object.keys(TABLE_LOWERINGS).toSorted()).toEqual(names.toSorted());
  });

  test.each(names)("%s", (op) => {
    const { since, gradient, inputs, domain } = DEFINITIONS[op];
    expect(sinceOf(DEFINITIONS[op])).toBeLessThanOrEqual(NEWEST_OPSET);
    expect(Number.isInteger(since ?? 1)).toBe(true);
    expect(new Set(inputs).size).toBe(inputs.length);
    expect(domain ?? "ai.onnx.ml").toBe("ai.onnx.ml");
    if (typeof gradient !== "function") expect(isReason((gradient as NoGradient).none)).toBe(true);
    const lowering = LOWERINGS[op];
    if (typeof lowering !== "function") expect(isReason(lowering.unlowered)).toBe(true);
  });
});
