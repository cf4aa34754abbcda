import { tidelineError, type TidelineError } from "@tideline/spec";
import { ELEMENT_TYPES } from "../../element-type.ts";
import type { Feed } from "../../interpret.ts";
import type { OnnxModel } from "../../onnx.ts";
import { writeOnnx } from "../../onnx-write.ts";
import type { GraphRuntime, LoadedGraph, RuntimeTensor } from "../../runtime/graph-runtime.ts";

/** What a graph is fed at once: by input, one row or several. */
export type Rows = Readonly<Record<string, Feed>>;

/** What a graph gave at once, by output. */
export type Results = Readonly<Record<string, RuntimeTensor>>;

/** Rows as a runtime takes them: each input in the array of its element type. */
export function runtimeRows({ graph }: OnnxModel, rows: Rows): Results {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { dims, values }]) => {
      const elementType = graph.inputs.find((input) => input.name === name)?.elementType ?? "float32";
      const { over, bytes } = ELEMENT_TYPES[elementType];
      const typed = over(new ArrayBuffer(values.length * bytes));
      if (typed instanceof BigInt64Array || typed instanceof BigUint64Array)
        for (let at = 0; at < values.length; at++) typed[at] = BigInt(Math.trunc(values[at]!));
      else typed.set(values);
      return [name, { elementType, dims, values: typed }] as const;
    }),
  );
}

/** Loads a model, hands it over and releases it, whatever happens. */
export async function withLoaded<Result>(
  runtime: GraphRuntime,
  model: OnnxModel,
  use: (loaded: LoadedGraph) => Promise<Result>,
  bytes: Uint8Array = writeOnnx(model),
): Promise<Result> {
  const loaded = await runtime.load(bytes);
  try {
    return await use(loaded);
  } finally {
    await loaded.release();
  }
}

/** What a model gives for each of some rows; `bytes` where the runtime takes another file than ONNX. */
export function resultsOf(
  runtime: GraphRuntime,
  model: OnnxModel,
  rows: readonly Rows[],
  bytes?: Uint8Array,
): Promise<readonly Results[]> {
  const names = model.graph.outputs.map(({ name }) => name);
  const run = async (loaded: LoadedGraph): Promise<readonly Results[]> => {
    const results: Results[] = [];
    for (const row of rows) results.push(await loaded.run(runtimeRows(model, row), names));
    return results;
  };
  return withLoaded(runtime, model, run, bytes);
}

/** Wants rows, each with all inputs of the model. @throws ARGUMENT_INVALID naming the field */
export function demandRows(
  who: string,
  field: string,
  { graph }: OnnxModel,
  rows: readonly Rows[] | undefined,
): void {
  const wrong = (expected: string, received: string): TidelineError =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (rows === undefined || rows.length === 0)
    throw wrong("rows as the model will see them; some hundred will do", "none");
  const given = new Set(graph.initializers.map(({ name }) => name));
  for (const { name } of graph.inputs) {
    const at = given.has(name) ? -1 : rows.findIndex((row) => !Object.hasOwn(row, name));
    if (at !== -1)
      throw wrong(
        `input "${name}" in each batch`,
        `${Object.keys(rows[at]!).join(", ") || "nothing"} in ${at}`,
      );
  }
}
