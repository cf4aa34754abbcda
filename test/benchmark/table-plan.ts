import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchmarkPlan } from "@tideline/spec/benchmark";

const vectors = join(import.meta.dirname, "../../vectors/table");

/** A plan of one table of `vectors/table`, with the answers that ONNX Runtime gave, and the table. */
export function tablePlan(name: string): { readonly plan: BenchmarkPlan; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(readFileSync(join(vectors, `${name}.tlm`)));
  const { input, outputs, rows } = JSON.parse(readFileSync(join(vectors, `${name}.json`), "utf8")) as {
    readonly input: { readonly name: string; readonly dims: readonly number[] };
    readonly outputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
    readonly rows: readonly {
      readonly input: readonly (number | string)[];
      readonly outputs: Readonly<Record<string, readonly number[]>>;
    }[];
  };
  const plan: BenchmarkPlan = {
    format: 1,
    kind: "benchmark-plan",
    name,
    inputs: [{ name: input.name, elementType: "float32", dims: input.dims.slice(1), open: true }],
    outputs: outputs.map((output) => ({
      name: output.name,
      width: output.dims.reduce((product, dim) => product * dim, 1),
    })),
    rows: rows.length,
    vectors: {
      inputs: { [input.name]: rows.flatMap((row) => row.input) },
      outputs: Object.fromEntries(
        outputs.map((output) => [output.name, rows.flatMap((row) => row.outputs[output.name]!)]),
      ),
    },
    artifacts: [
      {
        kind: "table",
        format: "table",
        numbers: "exact",
        sha256: createHash("sha256").update(bytes).digest("hex"),
        bytes: bytes.length,
        bound: { of: "most", spreads: 1e-3 },
      },
    ],
    pace: { runs: 40, sustainSeconds: 0 },
  };
  return { plan, bytes };
}
