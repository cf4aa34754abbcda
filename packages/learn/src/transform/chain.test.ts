import { expect, test } from "vitest";
import type { Frame, FrameSource } from "../frame/column.ts";
import { frame, frameSchema } from "../frame/frame.ts";
import { frameOf } from "../frame/frame-of.ts";
import { sliceRows } from "../frame/slice-rows.ts";
import { targetEncoder } from "./category/target-encoder.ts";
import { chain } from "./chain.ts";
import { forwardFill } from "./impute/forward-fill.ts";
import { readChain } from "./read-chain.ts";
import { dropMissing } from "./rule/drop-missing.ts";
import { standardScaler } from "./scale/standard-scaler.ts";
import { agreeFrames } from "./testing/agree.ts";
import { conformanceFrame } from "./testing/conformance-frame.ts";

const rows = conformanceFrame(["float", "integer", "string"]);
const steps = [
  dropMissing({ columns: ["plain"] }),
  standardScaler({ columns: ["plain", "offset"] }),
  standardScaler({ columns: ["single"] }),
];

/** The rows in pieces of so many, counting how often they are read. */
function pieces(of: Frame, size: number): FrameSource & { readonly reads: () => number } {
  let reads = 0;
  return {
    schema: frameSchema(of),
    reads: () => reads,
    async *read() {
      reads++;
      for (let at = 0; at < of.rows; at += size) yield sliceRows(of, at, Math.min(of.rows, at + size));
    },
  };
}

test("steps are fitted on what the former made, and say what they did", () => {
  const { chain: fitted, rows: training, places } = chain(steps).fitTransform(rows);
  const plain = rows.columns[0]!;
  const absent = Array.from("values" in plain ? plain.values : [], Number).filter((value) =>
    Number.isNaN(value),
  ).length;
  expect(absent).toBeGreaterThan(0);
  expect(fitted.log[0]).toEqual({
    step: 0,
    kind: "dropMissing",
    rowsIn: 60,
    rowsOut: 60 - absent,
    why: { "plain: missing": absent },
    columnsIn: ["plain"],
    columnsOut: [],
  });
  expect(training.rows).toBe(60 - absent);
  expect(places.length).toBe(60 - absent);
  expect(fitted.inputs.map(({ name }) => name)).toEqual(["plain", "offset", "single"]);
  expect(fitted.outputs.map(({ name }) => name)).toEqual(["plain", "offset", "single"]);
  expect(fitted.transform(rows).rows).toBe(60);
});

test("a source gives what rows in memory give, two independent steps in one pass", async () => {
  const source = pieces(rows, 7);
  const streamed = await chain(steps).fitSource(source);
  const { chain: fitted, rows: training } = chain(steps).fitTransform(rows);
  // The rule, both scalers, and a last pass that counts.
  expect(source.reads()).toBe(3);
  agreeFrames("rows", streamed.transform(rows), fitted.transform(rows), 1e-12);
  expect(streamed.log).toEqual(fitted.log);
  let at = 0;
  for await (const piece of streamed.transformSource(source, { rules: true }).read()) {
    agreeFrames("piece", piece, sliceRows(training, at, at + piece.rows), 1e-12);
    at += piece.rows;
  }
  expect(at).toBe(training.rows);
});

test("what learnt from labels is not learnt from in a source, where nothing is out of fold", async () => {
  const ids = Array.from({ length: 60 }, (_, row) => `id${row >> 1}`);
  const given = frameOf({ id: ids, real: Array.from(ids, (_, row) => row % 7) });
  const labels = { kind: "values", y: Float64Array.from(ids, (_, row) => row % 7) } as const;
  const encoder = targetEncoder({ columns: ["id"], smooth: 0 });
  let from = 0;
  const options = {
    labels: ({ rows: count }: { rows: number }) => {
      from = from >= 60 ? count : from + count;
      return { kind: "values" as const, y: labels.y.slice(from - count, from) };
    },
  };
  const leak = chain([encoder, standardScaler({ columns: ["id"] })]).fitSource(pieces(given, 9), options);
  await expect(leak).rejects.toThrow(/standardScaler: expected columns that no labels/);
  from = 0;
  const apart = await chain([encoder, standardScaler({ columns: ["real"] })]).fitSource(
    pieces(given, 9),
    options,
  );
  const whole = chain([encoder, standardScaler({ columns: ["real"] })]).fit(given, labels);
  agreeFrames("rows", apart.transform(given), whole.transform(given), 1e-12);
});

test("a step that reads other rows takes no pieces", async () => {
  const gaps = frameOf({ v: [1, null, null, 2, null] });
  const fitted = chain([forwardFill({ columns: ["v"] })]).fit(gaps);
  expect(() => fitted.transformSource(pieces(gaps, 2))).toThrow(/each row for itself.*forwardFill/);
  await expect(chain([forwardFill({ columns: ["v"] })]).fitSource(pieces(gaps, 2))).rejects.toThrow(
    /forwardFill/,
  );
});

test("a chain is restored as it was stored, and refuses other bytes", () => {
  const fitted = chain(steps).fit(rows);
  const bytes = fitted.store();
  const again = readChain(bytes);
  expect(again.store()).toEqual(bytes);
  expect(again.log).toEqual(fitted.log);
  agreeFrames("restored", again.transform(rows), fitted.transform(rows));
  const malformed = expect.objectContaining({ code: "MODEL_MALFORMED" });
  expect(() => readChain(bytes.slice(0, 40))).toThrow(malformed);
  expect(() => readChain(bytes.with(50, 255))).toThrow(malformed);
});

test("what makes no sense is refused", () => {
  expect(() => chain([])).toThrow(/at least one/);
  expect(() => chain([standardScaler(), {} as ReturnType<typeof standardScaler>])).toThrow(
    /steps\[1\].*ARGUMENT_INVALID/su,
  );
  const labels = { kind: "values", y: new Float64Array(3) } as const;
  expect(() => chain(steps).fit(rows, labels)).toThrow(/60 labels/);
  expect(() => chain(steps).fit(frame([rows.columns[1]!]))).toThrow(/column/);
});
