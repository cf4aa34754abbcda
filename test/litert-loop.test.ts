import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { openLitert } from "@tideline/pipeline";
import { expect, test } from "vitest";

const [UNITS, WIDTH] = [5, 3];

/** A recurrent layer of few weights, which stay float32, and all that it says. */
function recurrentNet(
  op: "GRU" | "LSTM" | "RNN",
  { steps, batchFirst = false, lengths = false, direction = "bidirectional", after = 1 }: Readonly<Case>,
): OnnxModel {
  const g = graphBuilder(op);
  const random = seededRandom(4);
  const w = (dims: readonly number[]) =>
    g.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal() / 2),
      dims,
    );
  const gates = { GRU: 3, LSTM: 4, RNN: 1 }[op] * UNITS;
  const both = direction === "bidirectional" ? 2 : 1;
  const series = g.input("x", "float32", ["N", steps, WIDTH]);
  const x = batchFirst ? series : g.op("Transpose", [series], { perm: [1, 0, 2] });
  const ends = lengths ? g.op("Cast", [g.input("lengths", "int64", ["N"])], { to: 6 }) : undefined;
  const inputs = [x, w([both, gates, WIDTH]), w([both, gates, UNITS]), w([both, 2 * gates])];
  const [all, last] = g.ops(op, ends === undefined ? inputs : [...inputs, ends], {
    hidden_size: UNITS,
    direction,
    layout: batchFirst ? 1 : 0,
    ...(op === "GRU" && { linear_before_reset: after }),
  });
  g.output("all", all!);
  g.output("last", last!);
  return g.build();
}

interface Case {
  readonly steps: number;
  readonly batchFirst?: boolean;
  readonly lengths?: boolean;
  readonly direction?: "forward" | "reverse" | "bidirectional";
  readonly after?: number;
}

test.each<readonly ["GRU" | "LSTM" | "RNN", Case]>([
  ["GRU", { steps: 16 }],
  ["GRU", { steps: 33, direction: "reverse", after: 0 }],
  ["GRU", { steps: 24, lengths: true }],
  ["GRU", { steps: 16, batchFirst: true, direction: "forward" }],
  ["LSTM", { steps: 17, lengths: true }],
  ["LSTM", { steps: 19, direction: "forward" }],
  ["RNN", { steps: 50, lengths: true, direction: "reverse" }],
])("%s of %o stands once in a file of 8 bits, and says what all its steps say", async (op, form) => {
  const model = recurrentNet(op, form);
  const random = seededRandom(7);
  const { steps } = form;
  const rows = [steps, 1, Math.ceil(steps / 2)].map((length) => ({
    x: {
      dims: [1, steps, WIDTH],
      values: Float32Array.from({ length: steps * WIDTH }, () => random.normal()),
    },
    ...(form.lengths && { lengths: { dims: [1], values: Int32Array.of(length) } }),
  }));
  const written = writeLitert(model, { precision: "int8", calibration: { rows } });
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  expect(written.report.operators.find(({ op: name }) => name === "WHILE")?.count).toBe(
    form.direction === "forward" || form.direction === "reverse" ? 1 : 2,
  );
  const opened = await openLitert(written.bytes);
  for (const row of rows) {
    const right = interpret(model, row);
    const found = await opened.run(row, ["all", "last"]);
    for (const name of ["all", "last"])
      for (const [at, value] of Array.from(found[name]!.values as Float32Array).entries())
        expect(Math.abs(value - Number(right[name]!.values[at]))).toBeLessThan(1e-5);
  }
  await opened.release();
});
