import { tidelineError } from "@tideline/spec";
import type { Feed } from "../interpret.ts";
import { splitDouble } from "./double/pair.ts";
import type { LitertReport } from "./write-litert.ts";

/** What a file is given for an input. */
export interface LitertFeed {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;
}

/**
 * What the file is given where the graph is given this: numbers in the types of the file, and those of double precision as two
 * of single precision. Where the graph takes texts, the feed has their codes. An app does the same.
 *
 * @throws ARGUMENT_INVALID for an input that is missing.
 * @example
 * const given = litertFeed(report, { at: { dims: [1, 1], values: Float64Array.of(Date.now() * 1000) } });
 */
export function litertFeed(
  { inputs }: Pick<LitertReport, "inputs">,
  feed: Readonly<Record<string, Feed>>,
): Readonly<Record<string, LitertFeed>> {
  return Object.fromEntries(
    inputs.map(({ name, type, lowOf, scale, zeroPoint }) => {
      const given = Object.hasOwn(feed, lowOf ?? name) ? feed[lowOf ?? name] : undefined;
      if (given === undefined)
        throw tidelineError("ARGUMENT_INVALID", {
          who: "litertFeed",
          field: lowOf ?? name,
          expected: "an input of the graph",
          received: Object.keys(feed).join(", "),
        });
      const { dims } = given;
      const numbers = given.values as ArrayLike<number>;
      if (lowOf !== undefined)
        return [name, { dims, values: Float32Array.from(numbers, (value) => splitDouble(value)[1]) }];
      if (type === "INT8") {
        const whole = (value: number): number =>
          Math.max(-128, Math.min(127, Math.round(value / scale!) + zeroPoint!));
        return [name, { dims, values: Int8Array.from(numbers, whole) }];
      }
      if (type === "INT64") return [name, { dims, values: BigInt64Array.from(numbers, BigInt) }];
      if (type === "INT32") return [name, { dims, values: Int32Array.from(numbers) }];
      if (type === "FLOAT32") return [name, { dims, values: Float32Array.from(numbers) }];
      return [name, { dims, values: Uint8Array.from(numbers) }];
    }),
  );
}
