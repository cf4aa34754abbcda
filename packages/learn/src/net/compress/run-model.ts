import {
  elementCount,
  writeOnnx,
  type GraphRuntime,
  type LoadOptions,
  type OnnxModel,
  type RuntimeTensor,
} from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { rowWidth, type NetData } from "../train/net-data.ts";

/** Rows in one run. */
const RUN_ROWS = 512;

/** One output of a graph for rows, [rows, width]. */
export interface ModelAnswers {
  readonly width: number;
  readonly values: Float32Array;
}

function invalid(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}

/** The name of the output that says probabilities or numbers: the one chosen, or the only one of floating point. */
function answerOf(who: string, { graph }: OnnxModel, wanted: string | undefined): string {
  const floats = graph.outputs.filter(({ elementType }) => elementType === "float32").map(({ name }) => name);
  const name = wanted ?? (floats.length === 1 ? floats[0] : undefined);
  if (name !== undefined && floats.includes(name)) return name;
  throw invalid(
    who,
    "output",
    `one of the float32 outputs ${floats.join(", ") || "(none)"}`,
    wanted ?? "none",
  );
}

/**
 * What a graph answers for rows, whose inputs it finds by name. An input of other lengths than the column, but as many
 * numbers, takes them in its own form.
 *
 * @throws ARGUMENT_INVALID for an input that rows lack or that takes other numbers; what the runtime throws.
 */
export async function runModel(
  who: string,
  model: OnnxModel,
  { rows, inputs }: NetData,
  runtime: GraphRuntime,
  {
    load = { threads: 1 },
    output,
  }: { readonly load?: LoadOptions | undefined; readonly output?: string | undefined } = {},
): Promise<ModelAnswers> {
  const name = answerOf(who, model, output);
  const defaults = new Set(model.graph.initializers.map((tensor) => tensor.name));
  const wanted = model.graph.inputs.filter((input) => !defaults.has(input.name));
  for (const input of wanted) {
    const column = inputs[input.name];
    const [batch, ...dims] = input.dims;
    if (column === undefined)
      throw invalid(who, "inputs", `a column "${input.name}"`, Object.keys(inputs).join(", "));
    const known = dims.every((dim) => typeof dim === "number");
    if (typeof batch !== "string" || !known || elementCount(dims as number[]) !== rowWidth(column.dims))
      throw invalid(
        who,
        `input "${input.name}"`,
        `rows of ${rowWidth(column.dims)} numbers, of any number`,
        `[${input.dims.join(", ")}]`,
      );
  }
  const loaded = await runtime.load(writeOnnx(model), load);
  const parts: Float32Array[] = [];
  try {
    for (let start = 0; start < rows; start += RUN_ROWS) {
      const count = Math.min(RUN_ROWS, rows - start);
      const feeds = Object.fromEntries(
        wanted.map(({ name: input, elementType, dims }): [string, RuntimeTensor] => {
          const { values, dims: shape } = inputs[input]!;
          const width = rowWidth(shape);
          const some = values.subarray(start * width, (start + count) * width) as Float32Array;
          const numbers =
            elementType === "int64"
              ? BigInt64Array.from(some, (value) => BigInt(value))
              : Float32Array.from(some, Number);
          return [input, { elementType, dims: [count, ...(dims.slice(1) as number[])], values: numbers }];
        }),
      );
      parts.push((await loaded.run(feeds, [name]))[name]!.values as Float32Array);
    }
  } finally {
    await loaded.release();
  }
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { width: values.length / rows, values };
}
