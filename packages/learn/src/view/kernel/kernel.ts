import type { OperatorName, ScalarType } from "@tideline/spec";
import type { ScalarVector } from "../scalar-vector.ts";
import { clockKernels } from "./clock.ts";
import { comparisonKernels } from "./comparison.ts";
import { logicKernels } from "./logic.ts";
import { numericKernels } from "./numeric.ts";

/** An operator of the language over whole columns. String arguments share a dictionary. */
export type Kernel = (args: readonly ScalarVector[], type: ScalarType) => ScalarVector;

/** Every operator of the language. */
export const KERNELS = {
  ...numericKernels,
  ...comparisonKernels,
  ...logicKernels,
  ...clockKernels,
} as const satisfies Record<OperatorName, Kernel>;
