import { Concat } from "./Concat.ts";
import { Expand } from "./Expand.ts";
import { Flatten } from "./Flatten.ts";
import { Gather } from "./Gather.ts";
import { Reshape } from "./Reshape.ts";
import { Slice } from "./Slice.ts";
import { Squeeze } from "./Squeeze.ts";
import { Transpose } from "./Transpose.ts";
import { Unsqueeze } from "./Unsqueeze.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that rearrange and pick elements. */
export type ShapeOpName =
  | "Concat"
  | "Expand"
  | "Flatten"
  | "Gather"
  | "Reshape"
  | "Slice"
  | "Squeeze"
  | "Transpose"
  | "Unsqueeze";

/** The operators that rearrange and pick elements. One that is missing here does not compile. */
export const SHAPE_OPS = {
  Concat,
  Expand,
  Flatten,
  Gather,
  Reshape,
  Slice,
  Squeeze,
  Transpose,
  Unsqueeze,
} satisfies Record<ShapeOpName, OpDefinition>;
