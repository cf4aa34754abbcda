import type { ShapeOpName } from "../../op/shape-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerConcat, lowerGather, lowerReshape, lowerSlice, lowerTranspose } from "./shape.ts";

/** How the operators that rearrange and pick elements are written into a table, or why not. */
export const SHAPE_LOWERINGS = {
  Concat: lowerConcat,
  Expand: unlowered("it repeats numbers, which a table does where it reads them"),
  Flatten: lowerReshape,
  Gather: lowerGather,
  Reshape: lowerReshape,
  Slice: lowerSlice,
  Squeeze: lowerReshape,
  Transpose: lowerTranspose,
  Unsqueeze: lowerReshape,
} satisfies Record<ShapeOpName, Lowering | Unlowered>;
