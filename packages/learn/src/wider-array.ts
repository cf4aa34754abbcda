/** Arrays of numbers that grow. */
type Growing = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/**
 * The numbers of an array in one of another length, zeros behind them. The given array is used up: where the engine can, its
 * memory moves, and no copy of it waits for the collector.
 *
 * @param length how many numbers there are then; fewer cut the last ones off.
 * @example
 * if (end === terms.length) terms = widerArray(terms, 2 * end);
 */
export function widerArray<Values extends Growing>(values: Values, length: number): Values {
  const make = values.constructor as new (from: ArrayBuffer | number) => Values;
  const { buffer, byteLength, BYTES_PER_ELEMENT: width } = values;
  if (typeof buffer.transfer === "function" && buffer.byteLength === byteLength)
    return new make(buffer.transfer(length * width));
  const wider = new make(length);
  wider.set(length < values.length ? values.subarray(0, length) : values);
  return wider;
}
