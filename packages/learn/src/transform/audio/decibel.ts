import { illegalOption, positive } from "../../net/check-option.ts";

/** How powers become decibels; the defaults are those of `librosa.power_to_db`. */
export interface DecibelOptions {
  /** The power of 0 dB, or the largest of the sound. Default 1. */
  readonly reference?: number | "max";
  /** Smaller powers count as this one. Default 1e-10. */
  readonly floor?: number;
  /** Decibels below the sound's largest value at which the rest is cut off; null: nowhere. Default 80. */
  readonly range?: number | null;
}

/** {@link DecibelOptions} with every default. */
export type Decibels = Required<DecibelOptions>;

/** The options with their defaults. @throws DEFINITION_ILLEGAL */
export function decibelsOf(who: string, options: DecibelOptions): Decibels {
  const { reference = 1, floor = 1e-10, range = 80 } = options;
  positive(who, "floor", floor);
  if (reference !== "max") positive(who, "reference", reference);
  if (range !== null && !(range >= 0))
    throw illegalOption(who, "range", "decibels of at least 0, or null", String(range));
  return { reference, floor, range };
}

/** `10 log10(power / reference)`, the powers of one sound. */
export function decibels(power: Float64Array, options: DecibelOptions = {}): Float64Array {
  const { reference, floor, range } = decibelsOf("decibels", options);
  let largest = 0;
  for (let at = 0; at < power.length; at++) if (power[at]! > largest) largest = power[at]!;
  const zero = 10 * Math.log10(Math.max(floor, reference === "max" ? largest : reference));
  const out = power.map((value) => 10 * Math.log10(Math.max(floor, value)) - zero);
  if (range === null) return out;
  const least = 10 * Math.log10(Math.max(floor, largest)) - zero - range;
  return out.map((value) => Math.max(least, value));
}
