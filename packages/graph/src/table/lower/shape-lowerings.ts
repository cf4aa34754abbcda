import type { ShapeOpName } from "../../op/shape-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerConcat, lowerGather, lowerReshape, lowerSlice, lowerSplit, lowerTranspose } from "./shape.ts";

/** How the operators that rearrange and pick elements are written into a table, or why not. */
export const SHAPE_LOWERINGS = {
  Concat: lowerConcat,
  Constant: unlowered("it has no input, and its numbers are constants of the table"),
  ConstantOfShape: unlowered("it makes numbers of a shape computed as the graph runs"),
  DepthToSpace: unlowered("it moves blocks of pixels, which Reshape and Transpose do"),
  Expand: unlowered("it repeats numbers, which a table does where it reads them"),
  EyeLike: unlowered("it reads a shape, which a table knows beforehand"),
  Flatten: lowerReshape,
  Gather: lowerGather,
  GatherElements: unlowered("its indices are computed as the graph runs"),
  GatherND: unlowered("its indices are computed as the graph runs"),
  OneHot: unlowered("its indices are computed as the graph runs"),
  Pad: unlowered("it puts numbers around others, which no instruction of a table does"),
  Range: unlowered("its bounds are computed as the graph runs"),
  Reshape: lowerReshape,
  ReverseSequence: unlowered("its lengths are computed as the graph runs"),
  ScatterElements: unlowered("it writes to places computed as the graph runs"),
  ScatterND: unlowered("it writes to places computed as the graph runs"),
  Shape: unlowered("it gives lengths, which a table knows beforehand"),
  Size: unlowered("it gives a length, which a table knows beforehand"),
  Slice: lowerSlice,
  SpaceToDepth: unlowered("it moves blocks of pixels, which Reshape and Transpose do"),
  Split: lowerSplit,
  Squeeze: lowerReshape,
  Tile: unlowered("it repeats numbers, which a table does where it reads them"),
  Transpose: lowerTranspose,
  Trilu: unlowered("it masks numbers, which Mul with a constant does"),
  Unsqueeze: lowerReshape,
} satisfies Record<ShapeOpName, Lowering | Unlowered>;
