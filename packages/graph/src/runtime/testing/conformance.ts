import { float32Values } from "../tensor-check.ts";
import { demand, demandError, type ConformanceCheck } from "./conformance-check.ts";
import type { ExecutionProvider, GraphRuntime, LoadedGraph, RuntimeTensor } from "../graph-runtime.ts";

/** A tensor of float32. */
export type Float32Tensor = RuntimeTensor & { readonly values: Float32Array };

/** A small model that a runtime is tried on, with what an oracle says that it gives. */
export interface ConformanceCase {
  readonly bytes: Uint8Array;
  readonly input: string;
  readonly output: string;
  /** `[rows, ...]` with at least 2 rows. */
  readonly tensor: Float32Tensor;
  readonly expected: Float32Tensor;
  /** Largest absolute difference that is let pass. */
  readonly tolerance: number;
}

function largestDifference(left: Float32Array, right: Float32Array): number {
  demand(left.length === right.length, `expected ${right.length} values, received ${left.length}`);
  return left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index]!)), 0);
}

/**
 * The checks that an adapter of {@link GraphRuntime} must pass; a new adapter runs them in its own test.
 *
 * @example
 * for (const check of runtimeConformance(oracleCase)) test(check.name, () => check.run(myRuntime));
 */
export function runtimeConformance(given: ConformanceCase): readonly ConformanceCheck[] {
  const { bytes, input, output, tensor, expected, tolerance } = given;
  const using = async (runtime: GraphRuntime, body: (graph: LoadedGraph) => Promise<void>): Promise<void> => {
    const graph = await runtime.load(bytes);
    try {
      await body(graph);
    } finally {
      await graph.release();
    }
  };
  const check = (name: string, body: (graph: LoadedGraph) => Promise<void>): ConformanceCheck => ({
    name,
    run: (runtime) => using(runtime, body),
  });
  const once = async (graph: LoadedGraph, of: RuntimeTensor = tensor): Promise<Float32Tensor> => {
    const results = await graph.run({ [input]: of }, [output]);
    return { dims: results[output]!.dims, values: float32Values(results, output) };
  };
  const rows = tensor.dims[0]!;
  const width = tensor.values.length / rows;
  const firstRow = { dims: [1, ...tensor.dims.slice(1)], values: tensor.values.slice(0, width) };

  return [
    check("declares its inputs and outputs", async (graph) => {
      demand(graph.inputs.map(({ name }) => name).join() === input, "inputs by name");
      demand(
        graph.outputs.some(({ name }) => name === output),
        "outputs by name",
      );
    }),
    check("gives what the oracle gives", async (graph) => {
      const { dims, values } = await once(graph);
      demand(dims.join() === expected.dims.join(), `expected dims [${expected.dims}], received [${dims}]`);
      const difference = largestDifference(values, expected.values);
      demand(difference <= tolerance, `expected at most ${tolerance}, received ${difference}`);
    }),
    check("gives the same bits again", async (graph) => {
      demand(largestDifference((await once(graph)).values, (await once(graph)).values) === 0, "equal bits");
    }),
    check("leaves its inputs as they were and gives outputs away", async (graph) => {
      const before = tensor.values.slice();
      const first = (await once(graph)).values;
      const kept = first.slice();
      await once(graph, { dims: tensor.dims, values: tensor.values.map((value) => value + 1) });
      demand(largestDifference(first, kept) === 0, "an output that later runs leave alone");
      demand(largestDifference(tensor.values, before) === 0, "inputs unchanged");
      first.fill(Number.NaN);
      demand(largestDifference((await once(graph)).values, kept) === 0, "an output that may be written to");
    }),
    check("answers each of many concurrent runs with its own rows", async (graph) => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => once(graph, index % 2 === 0 ? tensor : firstRow)),
      );
      const width = expected.values.length / rows;
      answers.forEach(({ values }, index) => {
        const wanted = index % 2 === 0 ? expected.values : expected.values.slice(0, width);
        demand(largestDifference(values, wanted) <= tolerance, `answer ${index} is another run's`);
      });
    }),
    check("refuses what the graph does not declare", async (graph) => {
      const runs: [Record<string, RuntimeTensor>, string[]][] = [
        [{}, [output]],
        [{ [input]: tensor, other: tensor }, [output]],
        [{ [input]: tensor }, ["other"]],
        [{ [input]: { dims: tensor.dims, values: tensor.values.slice(1) } }, [output]],
        [{ [input]: { dims: [tensor.values.length], values: tensor.values } }, [output]],
        [{ [input]: { dims: tensor.dims, values: Float64Array.from(tensor.values) } }, [output]],
        [{ [input]: { ...tensor, elementType: "float64" } }, [output]],
      ];
      for (const [inputs, outputs] of runs) {
        await demandError("ARGUMENT_INVALID", () => graph.run(inputs, outputs));
      }
      demand(
        largestDifference((await once(graph)).values, expected.values) <= tolerance,
        "a run after a refusal",
      );
    }),
    {
      name: "refuses a senseless number of threads, and a provider that nobody has",
      async run(runtime) {
        for (const threads of [0, -1, 1.5, Number.NaN])
          await demandError("ARGUMENT_INVALID", () => runtime.load(bytes, { threads }));
        await demandError("RUNTIME_UNSUPPORTED", () =>
          runtime.load(bytes, { provider: "abacus" as ExecutionProvider }),
        );
        await using(runtime, async (graph) => void (await once(graph)));
      },
    },
    {
      name: "refuses bytes that are no model, and goes on",
      async run(runtime) {
        await demandError("MODEL_MALFORMED", () => runtime.load(Uint8Array.of(1, 2, 3)));
        await demandError("MODEL_MALFORMED", () => runtime.load(bytes.slice(0, bytes.length >> 1)));
        await using(runtime, async (graph) => void (await once(graph)));
      },
    },
    {
      name: "holds two graphs at once, and refuses to run a released one",
      async run(runtime) {
        const [first, second] = await Promise.all([runtime.load(bytes), runtime.load(bytes)]);
        await first.release();
        await first.release();
        await demandError("ARGUMENT_INVALID", () => once(first));
        demand(
          largestDifference((await once(second)).values, expected.values) <= tolerance,
          "the second graph",
        );
        await second.release();
      },
    },
  ];
}
