import { interpret, type Feed, type OnnxModel } from "@tideline/graph";
import {
  checkClassicForm,
  interpretClassic,
  readClassicForm,
  writeMlModel,
  type ClassicFeature,
  type ClassicRow,
  type MlModelOptions,
} from "@tideline/graph/coreml";

/** Rows of a graph by the names of its inputs. */
export type Feeds = Readonly<Record<string, Feed>>;

/** The bytes of a classic model, or an error with all reasons why there is none. */
export function bytesOf(model: OnnxModel, options: MlModelOptions = {}): Uint8Array {
  const result = writeMlModel(model, options);
  if (result.ok) return result.bytes;
  throw new Error(result.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"));
}

/** One row of the feeds as a classic model takes it: numbers, vectors, and texts of codes. */
export function rowOf(
  feeds: Feeds,
  at: number,
  dictionaries: Readonly<Record<string, readonly string[]>> = {},
): ClassicRow {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, values }]) => {
      const width = values.length / dims[0]!;
      const own = Array.from({ length: width }, (_, column) => values[at * width + column]!);
      const texts = dictionaries[name];
      const value: ClassicFeature = width > 1 ? own : texts === undefined ? own[0]! : (texts[own[0]!] ?? "");
      return [name, value];
    }),
  );
}

/** The numbers of an answer: probabilities in the order of the labels, or what a regressor tells. */
export function numbersOf(answer: ClassicRow): readonly number[] {
  const values = Object.values(answer);
  const shares = values.find((value) => value instanceof Map);
  if (shares !== undefined) return [...(shares as ReadonlyMap<string, number>).values()];
  return values.flatMap((value) => (typeof value === "number" ? [value] : (value as readonly number[])));
}

/** How far the classic model's numbers are from the graph's over all rows, and in how many rows another class wins. */
export function compared(
  model: OnnxModel,
  feeds: Feeds,
  options: MlModelOptions = {},
  {
    truth,
    dictionaries,
  }: {
    readonly truth?: ArrayLike<number>;
    readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
  } = {},
): { readonly far: number; readonly other: number; readonly rows: number } {
  const form = readClassicForm(bytesOf(model, options));
  checkClassicForm(form);
  const expected = truth ?? interpret(model, feeds)[options.output ?? model.graph.outputs[0]!.name]!.values;
  const rows = Object.values(feeds)[0]!.dims[0]!;
  const width = expected.length / rows;
  let [far, other] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const own = numbersOf(interpretClassic(form, rowOf(feeds, row, dictionaries)));
    if (own.length !== width) throw new Error(`${own.length} numbers for ${width}`);
    const right = Array.from({ length: width }, (_, at) => expected[row * width + at]!);
    const best = (list: readonly number[]): number => list.indexOf(Math.max(...list));
    if (best(own) !== best(right)) other++;
    for (const [at, value] of right.entries())
      far = Math.max(far, Number.isNaN(value) && Number.isNaN(own[at]!) ? 0 : Math.abs(value - own[at]!));
  }
  return { far, other, rows };
}
