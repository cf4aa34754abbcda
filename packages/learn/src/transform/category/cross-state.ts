import { malformedState } from "../state-check.ts";
import type { StateValue } from "../transform-def.ts";
import { checkCategoryStates, type CategoryState } from "./category-state.ts";

/** What a cross learnt: the categories of each column, and which of their combinations there were. */
export type CrossState = { readonly [field: string]: StateValue } & {
  readonly columns: readonly CategoryState[];
  /** [M, columns], rising: the places of each combination. */
  readonly combinations: Int32Array;
};

/** The texts of the combinations: those of the columns with `|` between them, in which `|` and `\` are written `\|` and `\\`. */
export function crossTexts({ columns, combinations }: CrossState): readonly string[] {
  const known = dictionaries.get(combinations);
  if (known !== undefined) return known;
  const written = columns.map(({ categories }) =>
    categories.map((text) => text.replaceAll(/[\\|]/g, String.raw`\$&`)),
  );
  const width = columns.length;
  const texts = Object.freeze(
    Array.from({ length: combinations.length / width }, (_, at) =>
      written.map((own, input) => own[combinations[at * width + input]!]!).join("|"),
    ),
  );
  dictionaries.set(combinations, texts);
  return texts;
}

const dictionaries = new WeakMap<Int32Array, readonly string[]>();

/** Combinations of the first columns: for each stage from a combination and the next column's place to a longer one. */
export interface CrossStage {
  /** Combinations of the columns before. */
  readonly prefixes: number;
  /** Categories of this column. */
  readonly places: number;
  /** By prefix * places + place. */
  readonly next: ReadonlyMap<number, number>;
}

const stages = new WeakMap<Int32Array, readonly CrossStage[]>();

/** The stages of a cross, the first from one empty combination. The last gives codes of `crossTexts`. */
export function crossStages({ columns, combinations }: CrossState): readonly CrossStage[] {
  const known = stages.get(combinations);
  if (known !== undefined) return known;
  const width = columns.length;
  const count = combinations.length / width;
  let prefix = new Int32Array(count);
  let prefixes = 1;
  const made = columns.map(({ categories }, input): CrossStage => {
    const next = new Map<number, number>();
    const longer = new Int32Array(count);
    for (let at = 0; at < count; at++) {
      const key = prefix[at]! * categories.length + combinations[at * width + input]!;
      const found = next.get(key) ?? next.size;
      next.set(key, found);
      longer[at] = found;
    }
    const stage = { prefixes, places: categories.length, next };
    prefix = longer;
    prefixes = next.size;
    return stage;
  });
  stages.set(combinations, made);
  return made;
}

/** @throws MODEL_MALFORMED */
export function checkCrossState(who: string, state: CrossState, inputs: number): void {
  const columns = checkCategoryStates(who, state, inputs);
  const { combinations } = state;
  if (!(combinations instanceof Int32Array) || combinations.length % inputs !== 0)
    throw malformedState(who, "combinations", `rows of ${inputs} places`, typeof combinations);
  for (let start = 0; start < combinations.length; start += inputs) {
    for (let at = 0; at < inputs; at++) {
      const place = combinations[start + at]!;
      if (!(place >= 0 && place < columns[at]!.categories.length))
        throw malformedState(who, "combinations", "places of categories", place);
    }
    if (start > 0 && compareRows(combinations, start - inputs, start, inputs) >= 0)
      throw malformedState(who, "combinations", "rising ones", "others");
  }
}

/** Compares two rows of places. */
export function compareRows(places: Int32Array, a: number, b: number, width: number): number {
  for (let at = 0; at < width; at++) {
    const difference = places[a + at]! - places[b + at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
