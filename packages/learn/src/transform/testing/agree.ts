import assert from "node:assert/strict";
import type { Column, Frame } from "../../frame/column.ts";
import { isMissing } from "../../frame/validity.ts";

/** The largest magnitude of a list. */
function scaleOf(values: ArrayLike<number>): number {
  // Of what is nowhere but at 0, roundings may be left.
  let most = 1e-9;
  for (let at = 0; at < values.length; at++)
    if (Number.isFinite(values[at]!)) most = Math.max(most, Math.abs(values[at]!));
  return most;
}

/** Wants numbers to differ by at most so much of their scale; NaN and infinities to be where the others are. */
export function agreeNumbers(
  what: string,
  received: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(received.length, expected.length, `${what}: as many numbers`);
  const most = tolerance === 0 ? 0 : tolerance * scaleOf(expected);
  for (let at = 0; at < expected.length; at++) {
    const [one, other] = [received[at]!, expected[at]!];
    const same = Object.is(one, other) || one === other || Math.abs(one - other) <= most;
    assert.ok(same, `${what}: number ${at} is ${one}, expected ${other} +- ${most}`);
  }
}

/** Wants columns to say the same: numbers within a tolerance, everything else exactly. */
export function agreeColumns(what: string, received: Column, expected: Column, tolerance = 0): void {
  assert.equal(received.kind, expected.kind, `${what}: kind`);
  assert.equal(received.name, expected.name, `${what}: name`);
  if (expected.kind === "string" && received.kind === "string") {
    const texts = ({ codes, dictionary }: typeof expected) =>
      Array.from(codes, (code) => dictionary[code] ?? null);
    assert.deepEqual(texts(received), texts(expected), `${what}: texts`);
    return;
  }
  const numbers = (column: Column) => Array.from("values" in column ? column.values : [], Number);
  agreeNumbers(what, numbers(received), numbers(expected), tolerance);
  if ("offsets" in expected && "offsets" in received)
    assert.deepEqual([...received.offsets], [...expected.offsets], what);
  if ("validity" in expected || "validity" in received) {
    const rows = "offsets" in expected ? expected.offsets.length - 1 : numbers(expected).length;
    for (let row = 0; row < rows; row++)
      assert.equal(isMissing(received, row), isMissing(expected, row), `${what}: row ${row} is missing`);
  }
}

/** Wants frames to say the same. */
export function agreeFrames(what: string, received: Frame, expected: Frame, tolerance = 0): void {
  assert.equal(received.rows, expected.rows, `${what}: rows`);
  assert.deepEqual(
    received.columns.map(({ name }) => name),
    expected.columns.map(({ name }) => name),
    `${what}: columns`,
  );
  for (const [at, column] of expected.columns.entries())
    agreeColumns(`${what}, column "${column.name}"`, received.columns[at]!, column, tolerance);
}

/** Wants plain values to be the same, numbers within a tolerance. */
export function agreeStates(what: string, received: unknown, expected: unknown, tolerance: number): void {
  if (typeof expected === "number") return agreeNumbers(what, [received as number], [expected], tolerance);
  if (expected instanceof Float64Array || expected instanceof Float32Array) {
    assert.ok(received instanceof Float64Array || received instanceof Float32Array, `${what}: numbers`);
    // Each number by its own scale: lanes differ by orders of magnitude.
    assert.equal(received.length, expected.length, `${what}: as many numbers`);
    for (const [at, value] of expected.entries())
      agreeNumbers(`${what}[${at}]`, [received[at]!], [value], tolerance);
    return;
  }
  if (typeof expected !== "object" || expected === null || ArrayBuffer.isView(expected))
    return assert.deepEqual(received, expected, what);
  assert.ok(typeof received === "object" && received !== null, what);
  assert.deepEqual(Object.keys(received).sort(), Object.keys(expected).sort(), what);
  for (const [field, value] of Object.entries(expected))
    agreeStates(`${what}.${field}`, (received as Record<string, unknown>)[field], value, tolerance);
}
