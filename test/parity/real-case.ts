import type { OnnxModel } from "@tideline/graph";
import type { ModelRows } from "@tideline/pipeline";

/** A model trained on real rows, and rows of which it saw none. */
export interface RealCase {
  readonly name: string;
  readonly model: OnnxModel;
  readonly classes: readonly string[];
  /** The official test part. */
  readonly heldOut: ModelRows;
  readonly labels: Int32Array;
  /** Rows of the training part, on which ranges of 8 bits are seen. */
  readonly calibration: ModelRows;
}

/** Rows of training on which ranges of 8 bits are seen: of trees, which have none to round, few. */
export const [CALIBRATION, TREE_CALIBRATION] = [200, 20];

/** Some of a number of rows, evenly. */
export const evenly = (count: number, most: number): readonly number[] =>
  Array.from({ length: Math.min(count, most) }, (_, at) => Math.floor((at * count) / Math.min(count, most)));

/** Rows of one input of float32, `[rows, width]`. */
export const rowsOf = (input: string, count: number, values: Float32Array): ModelRows => ({
  count,
  inputs: { [input]: values },
});

/** The rows at some places. */
export function picked({ count, inputs }: ModelRows, places: readonly number[]): ModelRows {
  return {
    count: places.length,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, values]) => {
        const width = values.length / count;
        const own = places.flatMap((at) =>
          Array.from({ length: width }, (_, column) => values[at * width + column]!),
        );
        return [
          name,
          values instanceof Float32Array ? Float32Array.from(own as number[]) : (own as number[]),
        ];
      }),
    ),
  };
}
