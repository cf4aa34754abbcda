import { elementCount } from "../onnx.ts";
import { globalPool } from "./global-pool.ts";
import { dimsOf, scalarLike } from "./gradient.ts";

/** The mean of each channel. */
export const GlobalAveragePool = globalPool(
  (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  ({ g, inputs: [x], gradients: [dy] }) => {
    const dims = dimsOf(x!);
    const share = g.op("Mul", [dy, scalarLike(g, x!, 1 / elementCount(dims.slice(2)))]);
    return [g.op("Expand", [share, g.ints(dims)])];
  },
);
