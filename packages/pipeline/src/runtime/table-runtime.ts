import {
  checkTensors,
  demandOneThread,
  float32Values,
  readOnnx,
  releasedGraph,
  writeTable,
  type GraphRuntime,
  type LoadOptions,
  type LoadedGraph,
  type RuntimeTensor,
  type TensorDeclaration,
  type ValueInfo,
} from "@tideline/graph";
import { loadTable, type TableModel } from "@tideline/predict";
import { tidelineError } from "@tideline/spec";

/** The name of the runtime, and of the format in a release. */
const NAME = "table";

/**
 * The compact table of a graph (docs/format/model-table.md), as a release offers it: equal graphs give equal bytes.
 *
 * @throws MODEL_UNSUPPORTED naming the nodes that a table cannot hold; MODEL_MALFORMED for what is no ONNX model.
 */
export function modelTable(bytes: Uint8Array): Uint8Array {
  const result = writeTable(readOnnx(bytes).graph);
  if (result.ok) return result.bytes;
  throw tidelineError("MODEL_UNSUPPORTED", {
    who: "model table",
    expected: "a graph that a table can hold",
    received: result.reasons
      .map(({ node, op, reason }) => (node === "" ? reason : `${op} node "${node}": ${reason}`))
      .join("; "),
  });
}

function declared(values: readonly ValueInfo[]): readonly TensorDeclaration[] {
  return values.map(({ name, elementType, dims }) => Object.freeze({ name, elementType, dims }));
}

/** The outputs of every row, one behind the other. */
function runRows(
  table: TableModel,
  given: Readonly<Record<string, RuntimeTensor>>,
  outputs: readonly string[],
): Readonly<Record<string, RuntimeTensor>> {
  const { dims } = given[table.input.name]!;
  const values = float32Values(given, table.input.name);
  const width = table.input.dims.reduce((product, dim) => product * dim, 1);
  const rows = values.length / width;
  const places = outputs.map((name) => table.outputs.findIndex((output) => output.name === name));
  const results = places.map((place) => {
    const row = table.outputs[place]!.dims;
    const size = row.reduce((product, dim) => product * dim, 1);
    return { dims: [dims[0]!, ...row.slice(1)], size, values: new Float32Array(rows * size) };
  });
  for (let row = 0; row < rows; row += 1) {
    table.run(values.subarray(row * width, (row + 1) * width));
    for (const [at, { size, values }] of results.entries())
      table.read(places[at]!, values.subarray(row * size, (row + 1) * size));
  }
  return Object.fromEntries(
    outputs.map((name, at) => [name, { dims: results[at]!.dims, values: results[at]!.values }]),
  );
}

/** Loads an ONNX model as the table that `write` makes of it. */
async function load(
  bytes: Uint8Array,
  options: LoadOptions,
  write: (bytes: Uint8Array) => Uint8Array,
): Promise<LoadedGraph> {
  demandOneThread(NAME, options);
  const { graph } = readOnnx(bytes);
  const translated = write(bytes);
  const table = loadTable(translated);
  const inputs = declared(graph.inputs);
  const outputs = declared(graph.outputs);
  let released = false;
  return Object.freeze({
    inputs,
    outputs,
    translated,
    async run(given: Readonly<Record<string, RuntimeTensor>>, wanted: readonly string[]) {
      if (released) throw releasedGraph(NAME);
      checkTensors(NAME, { inputs, outputs }, given, wanted);
      return runRows(table, given, wanted);
    },
    async release() {
      released = true;
    },
  });
}

/**
 * The table's reader in pure TypeScript, as phones run it, on what a writer makes of an ONNX model: whoever compares
 * it with other runtimes compares the bytes that a release offers beside the graph. `load` throws MODEL_UNSUPPORTED
 * for a graph that a table cannot hold, RUNTIME_UNSUPPORTED for several threads.
 */
export function tableRuntimeOf(write: (bytes: Uint8Array) => Uint8Array): GraphRuntime {
  return Object.freeze({
    name: NAME,
    load: (bytes: Uint8Array, options: LoadOptions = {}) => load(bytes, options, write),
  });
}

/** {@link tableRuntimeOf} the tables that releases offer. */
export const tableRuntime: GraphRuntime = tableRuntimeOf(modelTable);
