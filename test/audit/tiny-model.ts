/** Bytes of an unsigned number in base 128, low group first. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A protobuf field: a number, or bytes with their length. */
function field(number: number, value: number | string | readonly number[]): number[] {
  if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
  const bytes = typeof value === "string" ? [...Buffer.from(value)] : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A float tensor with a name. */
function tensor(name: string, dims: readonly number[], values: readonly number[]): number[] {
  const raw = [...new Uint8Array(Float32Array.from(values).buffer)];
  return [...dims.flatMap((size) => field(1, size)), ...field(2, 1), ...field(8, name), ...field(9, raw)];
}

/** A declared float value; a negative size is free. */
function value(name: string, dims: readonly number[]): number[] {
  const shape = dims.flatMap((size) => field(1, size < 0 ? field(2, "N") : field(1, size)));
  return [...field(1, name), ...field(2, field(1, [...field(1, 1), ...field(2, shape)]))];
}

function node(type: string, inputs: readonly string[], output: string): number[] {
  return [...inputs.flatMap((name) => field(1, name)), ...field(2, output), ...field(4, type)];
}

/**
 * ONNX bytes of the smallest classifier of two classes: softmax of `[score, -score]`, the score being the weighted
 * sum of a window's values.
 *
 * @param weights `[size * channels]`
 */
export function tinyModel(size: number, channels: number, weights: readonly number[]): Uint8Array {
  const matrix = weights.flatMap((weight) => [weight, -weight]);
  const graph = [
    ...field(1, node("Flatten", ["window"], "flat")),
    ...field(1, node("MatMul", ["flat", "weights"], "scores")),
    ...field(1, node("Softmax", ["scores"], "probabilities")),
    ...field(2, "tiny"),
    ...field(5, tensor("weights", [weights.length, 2], matrix)),
    ...field(11, value("window", [-1, size, channels])),
    ...field(12, value("probabilities", [-1, 2])),
  ];
  return Uint8Array.from([...field(1, 8), ...field(7, graph), ...field(8, field(2, 17))]);
}
