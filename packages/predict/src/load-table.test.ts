import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { legalTable, malformedTables } from "../../../test/table/malformed-table.ts";
import { bitsOf, endOf, fileOf, instruction } from "../../../test/table/table-file.ts";
import { BINARY_KINDS, loadTable, TABLE_OPERATORS, UNARY_KINDS } from "./index.ts";

/** What a reader says of bytes: nothing when it takes them. */
function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    loadTable(bytes);
    return undefined;
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    expect([name, code]).toEqual(["TidelineError", "MODEL_MALFORMED"]);
    return message;
  }
}

/** The rule that each malformed table breaks, so that none is refused for another reason than its own. */
const RULES: readonly (readonly [pattern: RegExp, rule: string])[] = [
  [/^(empty|header-cut)$/, "size"],
  [/^(checksum-wrong|file-cut|file-longer|length-wrong)$/, "checksum"],
  [/^(magic|version)/, "version"],
  [/^reserved/, "reserved words"],
  [/^memory/, "length"],
  [/^constants-more|^outputs-|^words-/, "count"],
  [/^constants-int8/, "length"],
  [/^constants/, "constants"],
  [/^input-in|^unary-target-constant/, "constant target"],
  [/^rank-7/, "count"],
  [/^rank-beyond/, "rank"],
  [/^output-(empty|product)|^unary-empty|no-stride/, "length"],
  [/^text-too-long/, "count"],
  [/^text-(not-utf8|overlong|surrogate)/, "UTF-8"],
  [/^text/, "text"],
  [/^operator-0/, "unknown operator 0"],
  [/^operator-unknown/, "unknown operator 999"],
  [/^operator-argument|^instructions/, "program"],
  [/unknown-(kind|activation)|last-2|kind-2/, "kind"],
  [/^gather-list|^trees-(roots|nodes)-outside/, "words"],
  [/^gather-index/, "index"],
  [/^conv-groups/, "groups"],
  [/^trees-(child|next)/, "child"],
  [/^trees-feature/, "feature"],
  [/^trees-(target|row)/, "leaf"],
  [/^trees-root-/, "root"],
  [/^trees-bits/, "bits"],
  [/overlap|in-place/, "overlap"],
  [/^move-stride/, "stride"],
  [/^move-too|^work|^space/, "limit"],
  [/^spectrum-(size|bin)/, "bins"],
  [/outside|below/, "position"],
];

describe("a table that breaks a rule is refused, for that reason", () => {
  test("the legal one that they come from is read", () => {
    const table = loadTable(legalTable());
    expect([...table.run(Float32Array.of(-1, 2, Number.NaN, -0))]).toEqual([0, 2, Number.NaN, -0]);
  });

  test.each(malformedTables().map(({ name, bytes }) => [name, bytes] as const))("%s", (name, bytes) => {
    const rule = RULES.find(([pattern]) => pattern.test(name))?.[1] ?? "no rule";
    expect(refusalOf(bytes)?.replace("malformed table: ", "")).toBe(rule);
  });

  test("as files they are vectors of every reader", () => {
    const folder = join(import.meta.dirname, "../../../vectors/table/refuse");
    const files = readdirSync(folder).sort();
    expect(files).toEqual(
      malformedTables()
        .map(({ name }) => `${name}.tlm`)
        .sort(),
    );
    for (const file of files) expect(refusalOf(readFileSync(join(folder, file)))).toBeDefined();
  });
});

describe("a loaded table", () => {
  const table = loadTable(legalTable());

  test("refuses an input or an output of another length", () => {
    const wrong = expect.objectContaining({ name: "TidelineError", code: "ARGUMENT_INVALID" });
    expect(() => table.run(new Float32Array(3))).toThrow(wrong);
    expect(() => table.run(new Float32Array(4), new Float32Array(5))).toThrow(wrong);
    for (const index of [1, -1, 0.5, Number.NaN]) expect(() => table.read(index)).toThrow(wrong);
  });

  test("gives its answer into the caller's array, or into a new one that it does not touch again", () => {
    const into = new Float32Array(4);
    expect(table.run(Float32Array.of(1, 2, 3, 4), into)).toBe(into);
    const first = table.run(Float32Array.of(5, 6, 7, 8));
    table.run(new Float32Array(4));
    expect([...into, ...first]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("has bytes of its own", () => {
    const bytes = legalTable();
    const loaded = loadTable(bytes);
    bytes.fill(0xff);
    expect([...loaded.run(Float32Array.of(1, 2, 3, 4))]).toEqual([1, 2, 3, 4]);
  });
});

/** What one instruction makes of four numbers. */
function apply(instructions: readonly (readonly number[])[], input: readonly number[]): number[] {
  const bytes = fileOf({
    memory: 16,
    constants: 4,
    blocks: 1,
    constantWords: [0, 4, bitsOf(1), bitsOf(-1), bitsOf(Number.NaN), bitsOf(0)],
    ends: [endOf(4, 1, 4), endOf(8, 1, 4)],
    instructions,
  });
  return [...loadTable(bytes).run(Float32Array.from(input))];
}

describe("what the document says of odd numbers", () => {
  const { unary, binary, reduce, argmax } = TABLE_OPERATORS;
  const each = (kind: number, p = 0, q = 0) => [instruction(unary, kind, 4, 4, 8, bitsOf(p), bitsOf(q))];
  const odd = [Number.NaN, -0, Infinity, -Infinity];

  test("functions of one number", () => {
    expect(apply(each(UNARY_KINDS.relu), odd)).toEqual([Number.NaN, -0, Infinity, 0]);
    expect(apply(each(UNARY_KINDS.clip, -1, 2), odd)).toEqual([Number.NaN, -0, 2, -1]);
    // Bounds the wrong way round: the upper one is applied last.
    expect(apply(each(UNARY_KINDS.clip, 2, -1), [0, 1, 3, -3])).toEqual([-1, -1, -1, -1]);
    expect(apply(each(UNARY_KINDS.nonzero), odd)).toEqual([1, 0, 1, 1]);
    expect(apply(each(UNARY_KINDS.trunc), [1.75, -1.75, -0.5, 0.5])).toEqual([1, -1, -0, 0]);
    expect(apply(each(UNARY_KINDS.log), [0, -1, 1, Infinity])).toEqual([-Infinity, Number.NaN, 0, Infinity]);
    expect(apply(each(UNARY_KINDS.sigmoid), odd)).toEqual([Number.NaN, 0.5, 1, 0]);
  });

  test("functions of two numbers", () => {
    const of = (kind: number, constant: number) => [
      instruction(binary, kind, 1, 1, 1, 4, constant, 0, 0, 0, 0, 4, 0, 0, 0, 1, 8),
    ];
    expect(apply(of(BINARY_KINDS.pow, 0), odd)).toEqual([1, 1, 1, 1]);
    expect(apply(of(BINARY_KINDS.pow, 1), odd)).toEqual([Number.NaN, 1, 1, 1]);
    expect(apply(of(BINARY_KINDS.max, 2), odd)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(apply(of(BINARY_KINDS.max, 0), odd)).toEqual([Number.NaN, 1, Infinity, 1]);
    expect(apply(of(BINARY_KINDS.min, 0), odd)).toEqual([Number.NaN, -0, 1, -Infinity]);
  });

  test("the largest of a line", () => {
    const first = (code: number, kind: number, input: readonly number[]) =>
      apply([instruction(code, kind, 1, 4, 1, 4, 8)], input)[0];
    expect(first(reduce, 2, [1, Number.NaN, 3, 2])).toBeNaN();
    expect(first(reduce, 3, [1, Number.NaN, 3, 2])).toBeNaN();
    expect(first(reduce, 1, [1, 2, 3, 4])).toBe(2.5);
    expect(first(argmax, 0, [1, 3, 3, 2])).toBe(1);
    expect(first(argmax, 1, [1, 3, 3, 2])).toBe(2);
    expect(first(argmax, 0, [1, Number.NaN, 0, 2])).toBe(3);
    expect(first(argmax, 0, [Number.NaN, 1, 2, 3])).toBe(0);
  });
});
