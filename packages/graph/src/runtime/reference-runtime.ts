import { tidelineError } from "@tideline/spec";
import { checkModel } from "../check.ts";
import { ELEMENT_TYPES, type ElementType, type TensorValues } from "../element-type.ts";
import { interpret, type Feed } from "../interpret.ts";
import type { ValueInfo } from "../onnx.ts";
import { readOnnx } from "../onnx-read.ts";
import type { GraphRuntime, LoadedGraph, LoadOptions, RuntimeTensor } from "./graph-runtime.ts";
import { demandOneThread } from "./load-options.ts";
import { checkTensors, releasedGraph } from "./tensor-check.ts";

/** The name of the runtime. */
const NAME = "reference";

/** Numbers rounded to an element type: floats to the nearest, and integers, which kernels leave whole, as they are. */
function rounded(name: string, elementType: ElementType, numbers: Float64Array): TensorValues {
  const lost =
    ELEMENT_TYPES[elementType].kind === "int"
      ? numbers.find((number) => !Number.isSafeInteger(number))
      : undefined;
  if (lost !== undefined)
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: NAME,
      field: name,
      expected: "integers within 2^53, which double precision tells apart",
      received: String(lost),
    });
  const { bytes, over } = ELEMENT_TYPES[elementType];
  const values = over(new ArrayBuffer(numbers.length * bytes));
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    for (const [at, number] of numbers.entries()) values[at] = BigInt(number);
  else values.set(numbers);
  return values;
}

/** An input in double precision. */
function feedOf(name: string, { dims, values }: RuntimeTensor): Feed {
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return { dims, values };
  const numbers = Float64Array.from(values as ArrayLike<bigint>, Number);
  const lost = numbers.findIndex((number) => !Number.isSafeInteger(number));
  if (lost === -1) return { dims, values: numbers };
  throw tidelineError("ARGUMENT_INVALID", {
    who: NAME,
    field: name,
    expected: "integers within 2^53, which double precision tells apart",
    received: String(values[lost]),
  });
}

function declared(values: readonly ValueInfo[]): LoadedGraph["inputs"] {
  return values.map(({ name, elementType, dims }) => Object.freeze({ name, elementType, dims }));
}

/**
 * The reference kernels behind the port: pure TypeScript that runs anywhere without an installation, in double
 * precision with results rounded to their element type. Slow; other runtimes are held against it.
 *
 * `load` throws MODEL_MALFORMED, GRAPH_ILLEGAL or MODEL_UNSUPPORTED as reading and checking do, and
 * RUNTIME_UNSUPPORTED for several threads or a provider other than `cpu`; `run` also throws ARGUMENT_INVALID for an
 * int64 beyond 2^53, and RUNTIME_UNSUPPORTED where an output has one.
 *
 * @example
 * const graph = await referenceRuntime.load(bytes);
 * const { probabilities } = await graph.run({ window: { dims: [1, 128, 9], values } }, ["probabilities"]);
 */
export const referenceRuntime: GraphRuntime = Object.freeze({
  name: NAME,
  async load(bytes: Uint8Array, options: LoadOptions = {}): Promise<LoadedGraph> {
    demandOneThread(NAME, options);
    const model = readOnnx(bytes);
    checkModel(model);
    const constants = new Set(model.graph.initializers.map(({ name }) => name));
    const ends = {
      inputs: declared(model.graph.inputs.filter(({ name }) => !constants.has(name))),
      outputs: declared(model.graph.outputs),
    };
    let released = false;
    return Object.freeze({
      ...ends,
      async run(given: Readonly<Record<string, RuntimeTensor>>, wanted: readonly string[]) {
        if (released) throw releasedGraph(NAME);
        checkTensors(NAME, ends, given, wanted);
        const feeds = Object.entries(given).map(([name, tensor]) => [name, feedOf(name, tensor)]);
        const results = interpret(model, Object.fromEntries(feeds));
        return Object.fromEntries(
          wanted.map((name) => {
            const { elementType, dims, values } = results[name]!;
            return [name, { elementType, dims: [...dims], values: rounded(name, elementType, values) }];
          }),
        );
      },
      async release() {
        released = true;
      },
    });
  },
});
