import { tidelineError } from "../../error.ts";
import { planNumber, type BenchmarkArtifact, type PlanValue } from "../plan.ts";

/** Arrays as a runtime takes them. */
export type FeedValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | readonly string[];

/** Makers of arrays by the name of an element type. Made when they are asked for: an engine may lack one. */
const ARRAYS: Readonly<Record<string, (values: readonly number[]) => unknown>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  bool: (values) => Uint8Array.from(values),
  int16: (values) => Int16Array.from(values),
  uint16: (values) => Uint16Array.from(values),
  int32: (values) => Int32Array.from(values),
  uint32: (values) => Uint32Array.from(values),
  int64: (values) => BigInt64Array.from(values.map((value) => BigInt(value))),
  uint64: (values) => BigUint64Array.from(values.map((value) => BigInt(value))),
};

/** Codes of texts: the place in the dictionary, that of U+0000 for texts that it lacks, -1 for missing ones and where it has none. */
const codeOf = (dictionary: readonly string[], value: PlanValue): number =>
  value === null || value === ""
    ? -1
    : Math.max(dictionary.indexOf(String(value)), dictionary.indexOf("\u0000"));

/**
 * Values of a plan's row as a runtime takes them.
 *
 * @throws RUNTIME_UNSUPPORTED for an element type that has no array.
 */
export function feedValues(
  who: string,
  { name, elementType }: { readonly name: string; readonly elementType: string },
  values: readonly PlanValue[],
  { dictionaries, lowOf }: Pick<BenchmarkArtifact, "dictionaries" | "lowOf"> = {},
): FeedValues {
  if (elementType === "string") return values.map((value) => (value === null ? "" : String(value)));
  const make = ARRAYS[elementType];
  if (make === undefined)
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who,
      field: `input "${name}"`,
      expected: Object.keys(ARRAYS).join(", "),
      received: elementType,
    });
  const dictionary = dictionaries?.[name];
  const numbers =
    dictionary === undefined ? values.map(planNumber) : values.map((value) => codeOf(dictionary, value));
  const isLow = lowOf?.[name] !== undefined;
  const whole = isLow
    ? numbers.map((value) => (Number.isFinite(value) ? value - Math.fround(value) : 0))
    : numbers;
  return make(whole) as FeedValues;
}
