import { tidelineError } from "@tideline/spec";
import { illegalOption, positiveInteger } from "../../net/check-option.ts";
import type { AllocateBins } from "../binned-table.ts";

/** How bins are chosen. */
export interface BinOptions {
  /** Bins of a numeric column at most, that of missing values apart: 2 to 255. Default 255. */
  readonly bins?: number;
  /** Rows (of those looked at) that a bin of numbers, and a category with a bin of its own, has at least. Default 3. */
  readonly minBinRows?: number;
  /** Rows of which the bounds of numeric bins are found; categories are counted over all. Default 200,000. */
  readonly sample?: number;
  /** Draws those rows. Default 0. */
  readonly seed?: number;
  readonly allocate?: AllocateBins | undefined;
}

/** {@link BinOptions} with nothing left open. */
export type BinSettings = Required<Omit<BinOptions, "allocate">> & { readonly allocate: AllocateBins };

/** The options, checked. @throws DEFINITION_ILLEGAL */
export function binSettings(who: string, options: BinOptions): BinSettings {
  const { bins = 255, minBinRows = 3, sample = 200_000, seed = 0 } = options;
  if (!Number.isInteger(bins) || bins < 2 || bins > 255)
    throw illegalOption(who, "bins", "an integer of 2 to 255", String(bins));
  positiveInteger(who, "minBinRows", minBinRows);
  positiveInteger(who, "sample", sample);
  if (!Number.isSafeInteger(seed)) throw illegalOption(who, "seed", "an integer", String(seed));
  return { bins, minBinRows, sample, seed, allocate: options.allocate ?? ((bytes) => new Uint8Array(bytes)) };
}

/** Memory of the caller's, held against what was asked for. @throws ARGUMENT_INVALID */
export function allocated(who: string, allocate: AllocateBins, bytes: number, features: number): Uint8Array {
  const memory = allocate(bytes, features);
  if (memory instanceof Uint8Array && memory.length === bytes) return memory;
  const received = memory instanceof Uint8Array ? `one of ${memory.length}` : typeof memory;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "allocate",
    expected: `a Uint8Array of ${bytes}`,
    received,
  });
}
