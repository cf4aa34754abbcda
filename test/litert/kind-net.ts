import type { OnnxModel, RuntimeTensor } from "@tideline/graph";
import { matrix, seededRandom, type Random } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";

/** A net of some kind, above 100 KB in float32, trained to decide what nobody told it, and rows that it did not see. */
export interface KindNet {
  readonly graph: OnnxModel;
  /** Rows as its inputs take them: as many of each as there are labels. */
  readonly inputs: Readonly<Record<string, RuntimeTensor>>;
  readonly y: Int32Array;
  readonly classes: number;
}

const CLASSES = ["a", "b", "c"];
const [TRAINED, HELD] = [700, 300];
const runtime = onnxruntimeNode;
const brief = { epochs: 4, batch: 32, rate: 0.003, dropout: 0, labelSmoothing: 0, seed: 1 } as const;

const labels = (count: number, random: Random): Int32Array =>
  Int32Array.from({ length: count }, () => random.integer(CLASSES.length));

/** Numbers about a place of their own for each class. */
function clouds(count: number, width: number, seed: number) {
  const [places, random] = [seededRandom(1), seededRandom(seed)];
  const centres = Float64Array.from({ length: CLASSES.length * width }, () => 0.35 * places.normal());
  const y = labels(count, random);
  const values = Float32Array.from(
    { length: count * width },
    (_, at) => centres[y[Math.floor(at / width)]! * width + (at % width)]! + random.normal(),
  );
  return { X: matrix(count, width, values), y, classes: CLASSES };
}

/** Waves whose length tells the class, and their middle as much as is asked, behind noise. */
function waves(
  count: number,
  [steps, channels]: readonly [number, number],
  seed: number,
  { noise = 1.2, middle = 0 } = {},
) {
  const random = seededRandom(seed);
  const y = labels(count, random);
  const values = new Float32Array(count * steps * channels);
  for (let row = 0; row < count; row++) {
    const phase = 2 * Math.PI * random.uniform();
    for (let step = 0; step < steps; step++)
      for (let channel = 0; channel < channels; channel++)
        values[(row * steps + step) * channels + channel] =
          Math.sin((0.35 + 0.15 * y[row]!) * step + phase + channel) +
          middle * (y[row]! - 1) +
          noise * random.normal();
  }
  return { X: matrix(count, steps * channels, values), y, classes: CLASSES };
}

const series = ({ X }: ReturnType<typeof waves>, steps: number): RuntimeTensor => ({
  dims: [X.rows, steps, X.columns / steps],
  values: Float32Array.from(X.values),
});

/** Tokens, one of which follows a marker and tells the class; those that tell stand elsewhere too if all entries do. */
function marked(
  count: number,
  [length, entries, least = 2]: readonly [number, number, number?],
  seed: number,
) {
  const random = seededRandom(seed);
  const y = labels(count, random);
  const ids = Int32Array.from({ length: count * length }, () => least + random.integer(entries - least));
  for (let row = 0; row < count; row++) {
    const at = row * length + random.integer(length - 1);
    ids[at] = 1;
    ids[at + 1] = 2 + 3 * random.integer(8) + y[row]!;
  }
  return { ids, y, classes: CLASSES };
}

async function dense(): Promise<KindNet> {
  const [train, held] = [clouds(TRAINED, 64, 2), clouds(HELD, 64, 3)];
  const model = await nets.mlp({ ...brief, hidden: [128, 128] }).fit(train, { runtime });
  const x = { dims: [HELD, 64], values: Float32Array.from(held.X.values) };
  return { graph: model.graph(), inputs: { x }, y: held.y, classes: CLASSES.length };
}

async function convolutions(): Promise<KindNet> {
  const [train, held] = [waves(TRAINED, [64, 6], 2, { noise: 2.5 }), waves(HELD, [64, 6], 3, { noise: 2.5 })];
  const form = { shape: [64, 6], channels: [64, 96], stride: 2, statistics: false, spectrum: false } as const;
  const model = await nets.conv1d({ ...brief, ...form }).fit(train, { runtime });
  return { graph: model.graph(), inputs: { x: series(held, 64) }, y: held.y, classes: CLASSES.length };
}

async function recurrent(units: readonly number[], bidirectional: boolean): Promise<KindNet> {
  const noise = bidirectional ? 2.5 : 1.2;
  const [train, held] = [waves(TRAINED, [48, 6], 2, { noise }), waves(HELD, [48, 6], 3, { noise })];
  const form = { shape: [48, 6], units, bidirectional, pool: bidirectional ? "mean" : "last" } as const;
  const model = await nets.gru({ ...brief, ...form }).fit(train, { runtime });
  return { graph: model.graph(), inputs: { x: series(held, 48) }, y: held.y, classes: CLASSES.length };
}

async function attending(): Promise<KindNet> {
  const told = { noise: 1.2, middle: 0.12 };
  const [train, held] = [waves(TRAINED, [32, 6], 2, told), waves(HELD, [32, 6], 3, told)];
  const model = await nets
    .transformer({ ...brief, input: { series: { shape: [32, 6] } } })
    .fit(train, { runtime });
  return { graph: model.graph(), inputs: { x: series(held, 32) }, y: held.y, classes: CLASSES.length };
}

async function attendingIds(): Promise<KindNet> {
  const [length, entries] = [16, 400];
  const [train, held] = [marked(2 * TRAINED, [length, entries], 2), marked(HELD, [length, entries], 3)];
  const input = { ids: { length, entries } };
  const model = await nets.transformer({ ...brief, epochs: 8, input }).fit(train, { runtime });
  const x = { dims: [HELD, length], values: BigInt64Array.from(held.ids, BigInt) };
  return { graph: model.graph(), inputs: { x }, y: held.y, classes: CLASSES.length };
}

async function texts(): Promise<KindNet> {
  const length = 24;
  // Words of letters, which no digits fold into one.
  const word = (id: number): string =>
    String.fromCodePoint(...[676, 26, 1].map((place) => 97 + (Math.floor(id / place) % 26)));
  const said = (count: number, seed: number) => {
    const { ids, y, classes } = marked(count, [length, 300, 26], seed);
    const rows = Array.from({ length: count }, (_, row) => ids.slice(row * length, (row + 1) * length));
    return { texts: rows.map((row) => Array.from(row, word).join(" ")), y, classes };
  };
  const [train, held] = [said(2 * TRAINED, 2), said(HELD, 3)];
  const tokens = { length };
  const model = await nets.textcnn({ ...brief, epochs: 5, rate: 0.01, tokens }).fit(train, { runtime });
  const ids = Array.from(model.tokeniser.encode(held.texts), BigInt);
  const x = { dims: [HELD, length], values: BigInt64Array.from(ids) };
  return { graph: model.graph(), inputs: { x }, y: held.y, classes: CLASSES.length };
}

async function tables(): Promise<KindNet> {
  const rows = (count: number, seed: number) => {
    const random = seededRandom(seed);
    const [left, right] = [300, 60].map((most) => Array.from({ length: count }, () => random.integer(most)));
    const size = Float64Array.from({ length: count }, () => random.normal());
    const y = Int32Array.from(left!, (a, row) =>
      random.uniform() < 0.1 ? random.integer(3) : (size[row]! > 0.7 ? right![row]! : a) % 3,
    );
    return { columns: { left: left!.map(String), right: right!.map(String), size }, y, classes: CLASSES };
  };
  const [train, held] = [rows(8 * TRAINED, 2), rows(HELD, 3)];
  const form = { categorical: ["left", "right"], numeric: ["size"], hidden: [128, 96] };
  const model = await nets.tableEmbedding({ ...brief, epochs: 12, ...form }).fit(train, { runtime });
  const numbers = { dims: [HELD, 1], values: Float32Array.from(held.columns.size) };
  const codes = model.encoding.categorical.map(
    ({ values }) => new Map(values.map((value, at) => [value, at + 1])),
  );
  const ids = held.columns.left.flatMap((value, row) =>
    [value, held.columns.right[row]!].map((one, at) => BigInt(codes[at]!.get(one) ?? 0)),
  );
  const categories = { dims: [HELD, 2], values: BigInt64Array.from(ids) };
  return { graph: model.graph(), inputs: { categories, numbers }, y: held.y, classes: CLASSES.length };
}

/** Nets by their kind. */
export const KIND_NETS = {
  dense,
  convolutions,
  recurrent: () => recurrent([96], false),
  "recurrent, two layers in both directions": () => recurrent([48, 48], true),
  "attention on series": attending,
  "attention on ids": attendingIds,
  texts,
  tables,
} satisfies Record<string, () => Promise<KindNet>>;
