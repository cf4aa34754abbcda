import { forEachIndex, offsetOf } from "../shape.ts";
import type { Tensor } from "./op-definition.ts";
import { placesOf, type Sliding } from "./sliding.ts";

/**
 * Pools every window of `X[N, C, ...]`: `pool` takes the values inside of the input and the number of positions inside of
 * the input or its padding.
 */
export function poolWindows(
  x: Tensor,
  sliding: Sliding,
  pool: (values: readonly number[], positions: number) => number,
): Float64Array {
  const result: number[] = [];
  const sizes = x.dims.slice(2);
  forEachIndex([x.dims[0]!, x.dims[1]!, ...sliding.lengths], ([n, channel, ...output]) => {
    const values: number[] = [];
    let positions = 0;
    forEachIndex(sliding.kernel, (at) => {
      const places = placesOf(sliding, output, at);
      if (places.some((place, axis) => place >= sizes[axis]! + sliding.behind[axis]!)) return;
      positions += 1;
      if (places.every((place, axis) => place >= 0 && place < sizes[axis]!))
        values.push(x.values[offsetOf([n!, channel!, ...places], x.dims)]!);
    });
    result.push(pool(values, positions));
  });
  return Float64Array.from(result);
}
