import {
  checkTensors,
  demandOneThread,
  releasedGraph,
  type GraphRuntime,
  type LoadedGraph,
  type LoadOptions,
  type RuntimeTensor,
  type TensorDeclaration,
} from "@tideline/graph";
import { messageOf, tidelineError } from "@tideline/spec";
import { loadLitertModule, type LitertDetail, type LitertModel, type LitertModule } from "./litert-module.ts";

/** The name of the runtime. */
const NAME = "litert";

/** What the runtime tells about itself, whatever the file. */
const OWN_WORDS = /^INFO: |^WARNING: \[npu_registry\.cc:\d+\] NPU accelerator could not be loaded/;

/** How a file is loaded. */
export interface LitertLoadOptions extends LoadOptions {
  /** Takes each line that the runtime writes about this file; without it they go to standard error. */
  readonly hear?: (line: string) => void;
}

const toStandardError = (line: string): void => void process.stderr.write(`${line}\n`);

let module: Promise<LitertModule> | undefined;
let hear: (line: string) => void = toStandardError;
let last: Promise<unknown> = Promise.resolve();

/** One thing at a time, so that it is known about which file the runtime talks. */
function inTurn<Result>(
  listener: (line: string) => void,
  body: (core: LitertModule) => Promise<Result>,
): Promise<Result> {
  const turn = last.then(async () => {
    hear = listener;
    try {
      module ??= loadLitertModule((line) => {
        if (!OWN_WORDS.test(line)) hear(line);
      });
      const core = await module.catch((cause: unknown) => {
        module = undefined;
        throw tidelineError("UNAVAILABLE", {
          who: NAME,
          expected: "the package @litertjs/core",
          received: messageOf(cause),
          cause,
        });
      });
      return await body(core);
    } finally {
      hear = toStandardError;
    }
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** Whether each end begins with a batch of one: then it takes any number of rows, one behind the other. */
const byRow = (details: readonly LitertDetail[]): boolean => details.every(({ shape }) => shape[0] === 1);

function declared(details: readonly LitertDetail[], rows: boolean): readonly TensorDeclaration[] {
  return details.map(({ name, dtype, shape }) => {
    if (shape.some((dim) => dim < 0))
      throw tidelineError("MODEL_UNSUPPORTED", {
        who: NAME,
        field: name,
        expected: "lengths that are known",
        received: `[${shape.join(", ")}]`,
        remedy: "Write the file without openBatch.",
      });
    return Object.freeze({ name, elementType: dtype, dims: rows ? ["N", ...shape.subarray(1)] : [...shape] });
  });
}

const count = (dims: Iterable<number>): number => [...dims].reduce((product, dim) => product * dim, 1);

/** Numbers of rows that inputs have; they must agree. */
function rowsOf(given: Readonly<Record<string, RuntimeTensor>>): number {
  const lengths = [...new Set(Object.values(given).map(({ dims }) => dims[0]!))];
  if (lengths.length === 1) return lengths[0]!;
  throw tidelineError("ARGUMENT_INVALID", {
    who: NAME,
    field: "inputs",
    expected: "as many rows in each",
    received: lengths.join(", "),
  });
}

/** Runs the file once a row, and gives all outputs joined. */
async function runRows(
  core: LitertModule,
  model: LitertModel,
  rows: number,
  given: Readonly<Record<string, RuntimeTensor>>,
  words: readonly string[],
): Promise<readonly RuntimeTensor[]> {
  const inputs = model.getInputDetails();
  const outputs = model.getOutputDetails();
  const results = outputs.map(({ dtype, shape }) => {
    const length = rows * count(shape);
    if (dtype === "float32") return new Float32Array(length);
    return dtype === "int32" ? new Int32Array(length) : new Uint8Array(length);
  });
  for (let row = 0; row < rows; row += 1) {
    const made = inputs.map(({ name, shape }) => {
      const size = count(shape);
      const values = given[name]!.values as Float32Array;
      return new core.Tensor(values.subarray(row * size, (row + 1) * size), [...shape]);
    });
    try {
      const answers = await model.run(made);
      // The runtime gives memory that nothing was written to, and says so in words alone.
      const failure = words.find((line) => line.startsWith("ERROR: "));
      if (failure !== undefined) throw new Error(failure);
      for (const [at, answer] of answers.entries()) {
        results[at]!.set(answer.toTypedArray(), row * count(outputs[at]!.shape));
        answer.delete();
      }
    } finally {
      for (const tensor of made) tensor.delete();
    }
  }
  return outputs.map(({ shape }, at) => ({ dims: [...shape], values: results[at]! }));
}

/** Loads a file, or says what it was that the runtime did not take. */
async function compiled(
  core: LitertModule,
  bytes: Uint8Array,
  words: readonly string[],
): Promise<LitertModel> {
  try {
    return await core.loadAndCompile(bytes, { accelerator: "wasm" });
  } catch (cause) {
    const typeless = /data ?type|element type/i.test(messageOf(cause));
    throw tidelineError(typeless ? "MODEL_UNSUPPORTED" : "MODEL_MALFORMED", {
      who: NAME,
      expected: typeless
        ? "ends of float32, int32 and uint8, which LiteRT for JavaScript takes"
        : "a .tflite file that it can load",
      received: [messageOf(cause), ...words].join("; "),
      cause,
    });
  }
}

/**
 * Opens a `.tflite` file by LiteRT for JavaScript (`@litertjs/core`): WebAssembly on the processor, one thread, the kernels
 * of browsers and those of phones without their assembly. A file of one row takes any number of them, one behind the other.
 * `run` computes on the calling thread; `workerRuntime("litert")` does not.
 *
 * @throws MODEL_MALFORMED for bytes that the runtime refuses, MODEL_UNSUPPORTED for ends that it cannot carry (int64, bool,
 *   an open batch), RUNTIME_UNSUPPORTED for other threads or providers, UNAVAILABLE where the package is missing.
 * @example
 * const graph = await openLitert(result.bytes);
 * const { probabilities } = await graph.run({ window: { dims: [4, 128, 9], values } }, ["probabilities"]);
 * await graph.release();
 */
export async function openLitert(bytes: Uint8Array, options: LitertLoadOptions = {}): Promise<LoadedGraph> {
  demandOneThread(NAME, options);
  const listener = options.hear ?? toStandardError;
  const words: string[] = [];
  const listen = (line: string): void => {
    words.push(line);
    listener(line);
  };
  const { model, ends, rows } = await inTurn(listen, async (core) => {
    const made = await compiled(core, bytes, words);
    try {
      const details = [made.getInputDetails(), made.getOutputDetails()] as const;
      const each = details.every(byRow);
      const [inputs, outputs] = details.map((list) => declared(list, each)) as [
        readonly TensorDeclaration[],
        readonly TensorDeclaration[],
      ];
      return { model: made, ends: { inputs, outputs }, rows: each };
    } catch (error) {
      made.delete();
      throw error;
    }
  });
  let released = false;
  return Object.freeze({
    ...ends,
    async run(given: Readonly<Record<string, RuntimeTensor>>, wanted: readonly string[]) {
      if (released) throw releasedGraph(NAME);
      checkTensors(NAME, ends, given, wanted);
      const number = rows ? rowsOf(given) : 1;
      return inTurn(listen, async (core) => {
        if (released) throw releasedGraph(NAME);
        words.length = 0;
        const results = await runRows(core, model, number, given, words).catch((cause: unknown) => {
          throw tidelineError("INTERNAL", {
            who: NAME,
            expected: "a run of the model",
            received: messageOf(cause),
            cause,
          });
        });
        const named = Object.fromEntries(ends.outputs.map(({ name }, at) => [name, results[at]!]));
        return Object.fromEntries(
          wanted.map((name) => {
            const { dims, values } = named[name]!;
            return [name, { dims: rows ? [number, ...dims.slice(1)] : dims, values }];
          }),
        );
      });
    },
    async release() {
      if (released) return;
      released = true;
      await inTurn(listener, async () => model.delete());
    },
  });
}

/** {@link openLitert} behind the port, whose bytes are a `.tflite` file here. */
export const litertRuntime: GraphRuntime = Object.freeze({ name: NAME, load: openLitert });
