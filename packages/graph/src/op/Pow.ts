import { binary } from "./elementwise.ts";

/** `X` to the power `Y` under broadcasting. ONNX lets the two types differ; here they must be the same. */
export const Pow = binary((x, y) => x ** y);
