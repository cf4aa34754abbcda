import type { ShapeOpName } from "../../op/shape-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerConcat, lowerGather, lowerReshape, lowerSlice, lowerTranspose } from "./shape.ts";

/** How the operators that rearrange and pick elements are written into a table, or why not. */
export const SHAPE_LOWERINGS = {
  Concat: lowerConcat,
  ConstantOfShape: unlowered("it makes numbers of a shape computed as the graph runs"),
  Expand: unlowered("it repeats numbers, which a table does where it reads them"),
  Flatten: lowerReshape,
  Gather: lowerGather,
  GatherND: unlowered("its indices are computed as the graph runs"),
  OneHot: unlowered("its indices are computed as the graph runs"),
  Pad: unlowered("it puts numbers around others, which no instruction of a table does"),
  Reshape: lowerReshape,
  ScatterND: unlowered("it writes to places computed as the graph runs"),
  Shape: unlowered("it gives lengths, which a table knows beforehand"),
  Slice: lowerSlice,
  Split: unlowered("it has several results, and Slice gives each"),
  Squeeze: lowerReshape,
  Tile: unlowered("it repeats numbers, which a table does where it reads them"),
  Transpose: lowerTranspose,
  Unsqueeze: lowerReshape,
} satisfies Record<ShapeOpName, Lowering | Unlowered>;
