import { flatBuilder, type FlatBuilder, type FlatField, type FlatPlace } from "../flat-buffer-write.ts";
import { LITE_OPS, type LiteOpName } from "./lite-op.ts";
import { LITE_OPTIONS } from "./lite-option.ts";
import type { LiteGraph, LiteOperator, LiteOptions, LiteTensor } from "./lite-graph.ts";
import { oldestRuntime } from "./lite-runtime.ts";
import { LITE_TYPES, type LiteValues } from "./lite-type.ts";
import { liteVersionOf } from "./lite-version.ts";

/** What a file says besides its graph. */
export interface LiteFileOptions {
  readonly description: string;
  /** Name of the signature that runtimes call. */
  readonly signature: string;
  /** Names of the ends in the signature, in the order of the graph's. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Whether lengths that follow the batch are said to be open; runtimes that plan ahead want them closed. */
  readonly openBatch: boolean;
  /** Texts by name, as `metadata` of the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A written file and what a runtime must have for it. */
export interface LiteFile {
  readonly bytes: Uint8Array;
  readonly operators: readonly {
    readonly op: LiteOpName;
    readonly version: number;
    readonly count: number;
  }[];
  readonly runtime: string;
}

/** Runtimes read constants in place, by instructions that want 16 bytes aligned. */
const ALIGNMENT = 16;

/** Operators whose results have names in a file. */
const LAYERS: ReadonlySet<LiteOpName> = new Set<LiteOpName>([
  "BATCH_MATMUL",
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "FULLY_CONNECTED",
  "TRANSPOSE_CONV",
]);

/** Codes above stand in the newer field alone; the older one holds this. */
const NEWER_CODES = 127;

const bytesOf = (values: LiteValues): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A text that tells contents apart; equal constants stand once. */
function keyOf(bytes: Uint8Array): string {
  // FNV-1a, twice with different beginnings: 64 bits; the length beside it.
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193) + 0x7f4a7c15;
  }
  return `${bytes.length}:${a >>> 0}:${b >>> 0}`;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** A dense layer of whole numbers with a scale for each channel, which its version does not tell. */
function isDenseByChannel({ op, inputs }: LiteOperator): boolean {
  const [x, weights] = inputs;
  return op === "FULLY_CONNECTED" && x!.type === "INT8" && (weights!.quantisation?.scales.length ?? 0) > 1;
}

/** Bytes of a table that has one field, beside what tables share. */
const TABLE_BYTES = 8;

/** The tables of buffers, in what the alignment of the next ones leaves empty where it is enough. */
function bufferTables(flat: FlatBuilder, buffers: readonly Uint8Array[]): readonly FlatPlace[] {
  const tables: FlatPlace[] = [];
  const written: FlatPlace[] = [];
  const wrap = (): void => void tables.push(flat.table([ref(0, written[tables.length - 1]!)]));
  // The first is the empty one.
  tables.push(flat.table([]));
  for (const content of buffers.slice(1)) {
    while (tables.length <= written.length && flat.gap(content.length, ALIGNMENT) >= TABLE_BYTES) wrap();
    written.push(flat.bytes(content, ALIGNMENT));
  }
  while (tables.length <= written.length) wrap();
  return tables;
}

/** A graph and those of its loops, itself first. */
function withLoops(graph: LiteGraph): readonly LiteGraph[] {
  const inner = graph.operators.flatMap(({ loop }) => (loop ? [loop.condition, loop.body] : []));
  return [graph, ...inner.flatMap(withLoops)];
}

/** The tensors of a graph with the numbers that its operators know them by. */
function placesOf({ inputs, outputs, operators }: LiteGraph): ReadonlyMap<LiteTensor, number> {
  const places = new Map<LiteTensor, number>();
  const visit = (tensor: LiteTensor | undefined): void => {
    if (tensor !== undefined && !places.has(tensor)) places.set(tensor, places.size);
  };
  inputs.forEach(visit);
  for (const operator of operators) [...operator.inputs, ...operator.outputs].forEach(visit);
  outputs.forEach(visit);
  return places;
}

/** Lays a graph out as a `.tflite` file; the same graph gives the same bytes. */
export function encodeLite(graph: LiteGraph, options: LiteFileOptions): LiteFile {
  const flat = flatBuilder("writeLitert");
  const graphs = withLoops(graph);
  const placed = graphs.map(placesOf);
  const tensors = placed[0]!;

  // Buffer 0 is the empty one, which tensors without constants name.
  const buffers: Uint8Array[] = [new Uint8Array(0)];
  const known = new Map<string, number[]>();
  const bufferOf = (content: Uint8Array): number => {
    const key = keyOf(content);
    const found = known.get(key)?.find((at) => same(buffers[at]!, content));
    if (found !== undefined) return found;
    known.set(key, [...(known.get(key) ?? []), buffers.length]);
    return buffers.push(content) - 1;
  };
  const bufferAt = new Map(
    placed
      .flatMap((list) => [...list.keys()])
      .map((tensor) => [tensor, tensor.values ? bufferOf(bytesOf(tensor.values)) : 0]),
  );

  const all = graphs.flatMap(({ operators }) => operators);
  const counts = new Map<string, { readonly op: LiteOpName; readonly version: number; count: number }>();
  const codeOf = (operator: LiteOperator): string => `${operator.op}:${liteVersionOf(operator)}`;
  for (const operator of all) {
    const key = codeOf(operator);
    const row = counts.get(key) ?? { op: operator.op, version: liteVersionOf(operator), count: 0 };
    row.count += 1;
    counts.set(key, row);
  }
  // The commonest first: its number, zero, need not be written.
  const codes = new Map([...counts].toSorted(([, a], [, b]) => b.count - a.count));
  const codeAt = new Map([...codes.keys()].map((key, at) => [key, at]));
  const runtime = oldestRuntime([...codes.values()], all.some(isDenseByChannel));

  const text = new TextEncoder();
  // The converter of TensorFlow pads the release to 16 bytes; readers expect that length.
  const release = new Uint8Array(16);
  release.set(text.encode(runtime));
  const metadata = Object.entries({ min_runtime_version: release, ...options.metadata })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({
      name,
      buffer: bufferOf(typeof value === "string" ? text.encode(value) : value),
    }));

  // Written from the end: the constants first, so that the tables that a reader looks at stand together in front.
  const bufferList = flat.refs(bufferTables(flat, buffers));
  const metadataList = flat.refs(
    metadata.map(({ name, buffer }) =>
      flat.table([ref(0, flat.text(name)), { slot: 1, type: "u32", value: buffer }]),
    ),
  );
  const ends = (names: readonly string[], list: readonly LiteTensor[]): FlatPlace =>
    flat.refs(
      list.map((tensor, at) =>
        flat.table([ref(0, flat.text(names[at]!)), { slot: 1, type: "u32", value: tensors.get(tensor)! }]),
      ),
    );
  const signature = flat.table([
    ref(0, ends(options.inputNames, graph.inputs)),
    ref(1, ends(options.outputNames, graph.outputs)),
    ref(2, flat.text(options.signature)),
  ]);

  const optionsOf = ({ options: own, loop }: LiteOperator): LiteOptions =>
    loop === undefined
      ? own
      : {
          ...own,
          cond_subgraph_index: graphs.indexOf(loop.condition),
          body_subgraph_index: graphs.indexOf(loop.body),
        };
  const subgraphs = graphs.map((one, at) =>
    subgraphPlace(one, placed[at]!, at === 0 ? "main" : `loop/${at}`),
  );
  const codeList = flat.refs(
    [...codes.values()].map(({ op, version }) => {
      const { code } = LITE_OPS[op];
      return flat.table([
        { slot: 0, type: "i8", value: Math.min(code, NEWER_CODES) },
        ...(version === 1 ? [] : [{ slot: 2, type: "i32", value: version } as const]),
        { slot: 3, type: "i32", value: code },
      ]);
    }),
  );
  const root = flat.table([
    { slot: 0, type: "u32", value: 3 },
    ref(1, codeList),
    ref(2, flat.refs(subgraphs)),
    ref(3, flat.text(options.description)),
    ref(4, bufferList),
    ref(6, metadataList),
    ref(7, flat.refs([signature])),
  ]);
  return { bytes: flat.finish(root, "TFL3"), operators: [...codes.values()], runtime };

  function subgraphPlace(
    { inputs: given, outputs: results, operators }: LiteGraph,
    places: ReadonlyMap<LiteTensor, number>,
    title: string,
  ): FlatPlace {
    const indices = (list: readonly (LiteTensor | undefined)[]): FlatPlace =>
      flat.ints(list.map((tensor) => (tensor === undefined ? -1 : places.get(tensor)!)));
    const operatorPlace = (operator: LiteOperator): FlatPlace => {
      const { op, inputs, outputs } = operator;
      const rule = LITE_OPS[op];
      const table = "options" in rule ? LITE_OPTIONS[rule.options] : undefined;
      const fields: FlatField[] = [
        { slot: 0, type: "u32", value: codeAt.get(codeOf(operator))! },
        ref(1, indices(inputs)),
        ref(2, indices(outputs)),
      ];
      if (table !== undefined) {
        const slots: Readonly<Record<string, readonly [number, FlatField["type"]]>> = table.fields;
        const values = Object.entries(optionsOf(operator)).map(([name, value]): FlatField => {
          const [slot, type] = slots[name]!;
          return { slot, type, value: Number(value) };
        });
        fields.push(
          { slot: 3, type: "u8", value: table.union },
          ref(4, flat.sharedTable(values.filter(({ value }) => value !== 0))),
        );
      }
      return flat.table(told(fields));
    };
    // The kernel of SLICE holds what it gives to its lengths unless they are said to be open; others ask their inputs.
    const cut = new Set(operators.flatMap(({ op, outputs }) => (op === "SLICE" ? outputs : [])));
    // What layers give is named, for who looks for them in a profile. Names of all would be up to a tenth of a small file of 8 bits.
    const named = new Set(operators.flatMap(({ op, outputs }) => (LAYERS.has(op) ? outputs : [])));
    const tensorPlace = (tensor: LiteTensor): FlatPlace => {
      const { name, type, dims, open, quantisation } = tensor;
      const isEnd = graph.inputs.includes(tensor) || graph.outputs.includes(tensor);
      const fields: FlatField[] = [
        ref(0, flat.ints(dims)),
        { slot: 1, type: "i8", value: LITE_TYPES[type].code },
        { slot: 2, type: "u32", value: bufferAt.get(tensor)! },
        ref(3, flat.text(isEnd || named.has(tensor) ? name : "")),
      ];
      if (quantisation !== undefined)
        fields.push(
          ref(
            4,
            flat.sharedTable([
              ref(2, flat.floats(quantisation.scales)),
              ref(3, flat.longs(quantisation.zeroPoints)),
              ...(quantisation.axis === 0
                ? []
                : [{ slot: 6, type: "i32", value: quantisation.axis } as const]),
            ]),
          ),
        );
      const isOpen = (isEnd ? options.openBatch : cut.has(tensor)) && open.includes(true);
      if (isOpen) fields.push(ref(7, flat.ints(dims.map((dim, axis) => (open[axis] ? -1 : dim)))));
      // Else one without axes is one whose rank nobody knows, and open lengths are not told.
      if (isOpen || dims.length === 0) fields.push({ slot: 8, type: "bool", value: 1 });
      return flat.table(told(fields));
    };
    return flat.table([
      ref(0, flat.refs([...places.keys()].map(tensorPlace))),
      ref(1, indices(given)),
      ref(2, indices(results)),
      ref(3, flat.refs(operators.map(operatorPlace))),
      ref(4, flat.text(title)),
    ]);
  }
}

/** Fields that say something: numbers that are zero need not stand in a file. */
const told = (fields: readonly FlatField[]): readonly FlatField[] =>
  fields.filter(({ type, value }) => type === "ref" || value !== 0);

function ref(slot: number, value: FlatPlace): FlatField {
  return { slot, type: "ref", value };
}
