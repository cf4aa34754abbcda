import type { TreeCategory } from "../../tree-ensemble.ts";
import { integersIn, listIn, malformedXgboost, objectFrom, objectIn, type JsonObject } from "./json-field.ts";

/** XGBoost's numbers of types whose values are integers, or of double precision: from `F64Array` to `U64Array`. */
const NUMBERS = { from: 8, to: 16 } as const;

/**
 * Texts: their bytes one after the other, and where each begins. Of others than ASCII, XGBoost 3 for Python counts letters where
 * bytes are meant and cuts the end, so that nobody can tell where they lie.
 */
function textsOf(from: JsonObject): readonly string[] {
  const letters = integersIn(from, "values", 0, 127);
  const offsets = integersIn(from, "offsets", 0, letters.length);
  const text = new TextDecoder().decode(Uint8Array.from(letters));
  return Array.from({ length: Math.max(0, offsets.length - 1) }, (_, at) => {
    if (offsets[at]! > offsets[at + 1]!) throw malformedXgboost("offsets", "ascending", offsets[at + 1]);
    return text.slice(offsets[at], offsets[at + 1]);
  });
}

function namesOf(from: JsonObject): readonly TreeCategory[] | undefined {
  try {
    if (Object.hasOwn(from.value, "offsets")) return textsOf(from);
    const type = from.value["type"] as number;
    const values = listIn(from, "values");
    const sound = type === NUMBERS.from ? Number.isFinite : Number.isSafeInteger;
    return type >= NUMBERS.from && type <= NUMBERS.to && values.every(sound)
      ? (values as number[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a model says of its categories: names by feature; undefined for those that are not understood. */
export type CategoryNames = ReadonlyMap<number, readonly TreeCategory[] | undefined>;

/**
 * The categories that models of XGBoost 3 keep of their training columns, in the order of their codes. What is kept in a way that
 * is not known is for the caller to refuse, unless categories are told.
 *
 * @param model the booster's `model`
 */
export function categoryNames(model: JsonObject, width: number): CategoryNames {
  const names = new Map<number, readonly TreeCategory[] | undefined>();
  if (!Object.hasOwn(model.value, "cats")) return names;
  const parts = listIn(objectIn(model, "cats"), "enc");
  if (parts.length !== 0 && parts.length !== width)
    return new Map(Array.from({ length: width }, (_, at) => [at, undefined]));
  for (const [at, part] of parts.entries()) {
    const found = namesOf(objectFrom(`${model.path}.cats.enc ${at}`, part));
    // Columns of numbers, and categories that came as codes, have empty lists.
    if (found === undefined || found.length > 0) names.set(at, found);
  }
  return names;
}
