import type { ScalarType } from "@tideline/spec";

/**
 * Values of one type of the feature language, for rows of a source or of a spine. Null and NaN differ here, as they do in
 * the language; in a column both are missing.
 */
export interface ScalarVector {
  readonly type: ScalarType;
  /** [rows] numbers, milliseconds, truths as 0 and 1, or of strings places in `dictionary`. 0 where null. */
  readonly values: Float64Array;
  /** [rows], 1 where null; absent: none is. */
  readonly nulls?: Uint8Array;
  /** Of strings: distinct texts in the order of code points, so that places compare as texts do. */
  readonly dictionary?: readonly string[];
}

/** Whether no row of a list of vectors is null, told without looking at rows. */
export function noneNull(vectors: readonly ScalarVector[]): boolean {
  return vectors.every(({ nulls }) => nulls === undefined);
}

/** The rows in which one vector or more is null; absent where none is. */
export function anyNull(vectors: readonly ScalarVector[]): Uint8Array | undefined {
  let out: Uint8Array | undefined;
  for (const { nulls } of vectors) {
    if (nulls === undefined) continue;
    if (out === undefined) out = nulls.slice();
    else for (let row = 0; row < out.length; row++) out[row]! |= nulls[row]!;
  }
  return out;
}

/** A vector whose rows are all null where `nulls` says so, without a mask where none is. */
export function vectorOf(
  type: ScalarType,
  values: Float64Array,
  nulls: Uint8Array | undefined,
  dictionary?: readonly string[],
): ScalarVector {
  return {
    type,
    values,
    ...(nulls !== undefined && nulls.includes(1) ? { nulls } : {}),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}
