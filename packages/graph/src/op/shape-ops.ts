import { Concat } from "./Concat.ts";
import { ConstantOfShape } from "./ConstantOfShape.ts";
import { Expand } from "./Expand.ts";
import { Flatten } from "./Flatten.ts";
import { Gather } from "./Gather.ts";
import { GatherND } from "./GatherND.ts";
import { OneHot } from "./OneHot.ts";
import { Pad } from "./Pad.ts";
import { Reshape } from "./Reshape.ts";
import { ScatterND } from "./ScatterND.ts";
import { Shape } from "./Shape.ts";
import { Slice } from "./Slice.ts";
import { Split } from "./Split.ts";
import { Squeeze } from "./Squeeze.ts";
import { Tile } from "./Tile.ts";
import { Transpose } from "./Transpose.ts";
import { Unsqueeze } from "./Unsqueeze.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that rearrange and pick elements. */
export type ShapeOpName =
  | "Concat"
  | "ConstantOfShape"
  | "Expand"
  | "Flatten"
  | "Gather"
  | "GatherND"
  | "OneHot"
  | "Pad"
  | "Reshape"
  | "ScatterND"
  | "Shape"
  | "Slice"
  | "Split"
  | "Squeeze"
  | "Tile"
  | "Transpose"
  | "Unsqueeze";

/** The operators that rearrange and pick elements. One that is missing here does not compile. */
export const SHAPE_OPS = {
  Concat,
  ConstantOfShape,
  Expand,
  Flatten,
  Gather,
  GatherND,
  OneHot,
  Pad,
  Reshape,
  ScatterND,
  Shape,
  Slice,
  Split,
  Squeeze,
  Tile,
  Transpose,
  Unsqueeze,
} satisfies Record<ShapeOpName, OpDefinition>;
