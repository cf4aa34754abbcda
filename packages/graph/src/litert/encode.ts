import { flatBuilder, type FlatBuilder, type FlatField, type FlatPlace } from "../flat-buffer-write.ts";
import { LITE_OPS, type LiteOpName } from "./lite-op.ts";
import { LITE_OPTIONS } from "./lite-option.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
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

/** Lays a graph out as a `.tflite` file; the same graph gives the same bytes. */
export function encodeLite(graph: LiteGraph, options: LiteFileOptions): LiteFile {
  const flat = flatBuilder("writeLitert");
  const tensors = new Map<LiteTensor, number>();
  const visit = (tensor: LiteTensor | undefined): void => {
    if (tensor !== undefined && !tensors.has(tensor)) tensors.set(tensor, tensors.size);
  };
  for (const tensor of graph.inputs) visit(tensor);
  for (const { inputs, outputs } of graph.operators) [...inputs, ...outputs].forEach(visit);
  for (const tensor of graph.outputs) visit(tensor);

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
    [...tensors.keys()].map((tensor) => [tensor, tensor.values ? bufferOf(bytesOf(tensor.values)) : 0]),
  );

  const codes = new Map<string, { readonly op: LiteOpName; readonly version: number; count: number }>();
  const codeAt = graph.operators.map((operator) => {
    const version = liteVersionOf(operator);
    const key = `${operator.op}:${version}`;
    const row = codes.get(key) ?? { op: operator.op, version, count: 0 };
    row.count += 1;
    codes.set(key, row);
    return [...codes.keys()].indexOf(key);
  });
  const runtime = oldestRuntime([...codes.values()], graph.operators.some(isDenseByChannel));

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

  const indices = (list: readonly (LiteTensor | undefined)[]): FlatPlace =>
    flat.ints(list.map((tensor) => (tensor === undefined ? -1 : tensors.get(tensor)!)));
  const operatorPlace = ({ op, inputs, outputs, options: given }: LiteOperator, at: number): FlatPlace => {
    const rule = LITE_OPS[op];
    const table = "options" in rule ? LITE_OPTIONS[rule.options] : undefined;
    const fields: FlatField[] = [
      { slot: 0, type: "u32", value: codeAt[at]! },
      ref(1, indices(inputs)),
      ref(2, indices(outputs)),
    ];
    if (table !== undefined) {
      const slots: Readonly<Record<string, readonly [number, FlatField["type"]]>> = table.fields;
      const values = Object.entries(given).map(([name, value]): FlatField => {
        const [slot, type] = slots[name]!;
        return { slot, type, value: Number(value) };
      });
      fields.push(
        { slot: 3, type: "u8", value: table.union },
        ref(4, flat.sharedTable(values.filter(({ value }) => value !== 0))),
      );
    }
    return flat.table(fields);
  };
  // The kernel of SLICE holds what it gives to its lengths unless they are said to be open; others ask their inputs.
  const cut = new Set(graph.operators.flatMap(({ op, outputs }) => (op === "SLICE" ? outputs : [])));
  const tensorPlace = (tensor: LiteTensor): FlatPlace => {
    const { name, type, dims, open, quantisation, values } = tensor;
    const isEnd = graph.inputs.includes(tensor) || graph.outputs.includes(tensor);
    // What an operator gives is named for profilers; a constant is known by who reads it.
    const fields: FlatField[] = [
      ref(0, flat.ints(dims)),
      { slot: 1, type: "i8", value: LITE_TYPES[type].code },
      { slot: 2, type: "u32", value: bufferAt.get(tensor)! },
      ref(3, flat.text(values === undefined || isEnd ? name : "")),
    ];
    if (quantisation !== undefined)
      fields.push(
        ref(
          4,
          flat.sharedTable([
            ref(2, flat.floats(quantisation.scales)),
            ref(3, flat.longs(quantisation.zeroPoints)),
            ...(quantisation.axis === 0 ? [] : [{ slot: 6, type: "i32", value: quantisation.axis } as const]),
          ]),
        ),
      );
    const isOpen = (isEnd ? options.openBatch : cut.has(tensor)) && open.includes(true);
    if (isOpen) fields.push(ref(7, flat.ints(dims.map((dim, axis) => (open[axis] ? -1 : dim)))));
    // Else one without axes is one whose rank nobody knows, and open lengths are not told.
    if (isOpen || dims.length === 0) fields.push({ slot: 8, type: "bool", value: 1 });
    return flat.table(fields.filter(({ type: kind, value }) => kind === "ref" || value !== 0));
  };
  const subgraph = flat.table([
    ref(0, flat.refs([...tensors.keys()].map(tensorPlace))),
    ref(1, indices(graph.inputs)),
    ref(2, indices(graph.outputs)),
    ref(3, flat.refs(graph.operators.map(operatorPlace))),
    ref(4, flat.text("main")),
  ]);
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
    ref(2, flat.refs([subgraph])),
    ref(3, flat.text(options.description)),
    ref(4, bufferList),
    ref(6, metadataList),
    ref(7, flat.refs([signature])),
  ]);
  return { bytes: flat.finish(root, "TFL3"), operators: [...codes.values()], runtime };
}

function ref(slot: number, value: FlatPlace): FlatField {
  return { slot, type: "ref", value };
}
