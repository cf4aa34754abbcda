import { elementCount } from "../onnx.ts";
import { globalPool } from "./global-pool.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";

/** The largest value of each channel. Its gradient goes to the first position that holds it. */
export const GlobalMaxPool = globalPool(
  (values) => values.reduce((most, value) => Math.max(most, value)),
  ({ g, inputs: [x], gradients: [dy] }) => {
    const dims = dimsOf(x!);
    const [rows, channels] = dims as [number, number];
    const size = elementCount(dims.slice(2));
    const at = g.op("ArgMax", [reshaped(g, x!, [rows, channels, size])], { axis: 2 });
    const first = g.op("Equal", [at, g.ints(Array.from({ length: size }, (_, position) => position))]);
    const found = g.op("Where", [first, reshaped(g, dy!, [rows, channels, 1]), scalarLike(g, x!, 0)]);
    return [reshaped(g, found, dims)];
  },
);
