import { Concat } from "./Concat.ts";
import { Constant } from "./Constant.ts";
import { ConstantOfShape } from "./ConstantOfShape.ts";
import { DepthToSpace } from "./DepthToSpace.ts";
import { Expand } from "./Expand.ts";
import { EyeLike } from "./EyeLike.ts";
import { Flatten } from "./Flatten.ts";
import { Gather } from "./Gather.ts";
import { GatherElements } from "./GatherElements.ts";
import { GatherND } from "./GatherND.ts";
import { OneHot } from "./OneHot.ts";
import { Pad } from "./Pad.ts";
import { Range } from "./Range.ts";
import { Reshape } from "./Reshape.ts";
import { ReverseSequence } from "./ReverseSequence.ts";
import { ScatterElements } from "./ScatterElements.ts";
import { ScatterND } from "./ScatterND.ts";
import { Shape } from "./Shape.ts";
import { Size } from "./Size.ts";
import { Slice } from "./Slice.ts";
import { SpaceToDepth } from "./SpaceToDepth.ts";
import { Split } from "./Split.ts";
import { Squeeze } from "./Squeeze.ts";
import { Tile } from "./Tile.ts";
import { Transpose } from "./Transpose.ts";
import { Trilu } from "./Trilu.ts";
import { Unsqueeze } from "./Unsqueeze.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that make, rearrange and pick elements. */
export type ShapeOpName =
  | "Concat"
  | "Constant"
  | "ConstantOfShape"
  | "DepthToSpace"
  | "Expand"
  | "EyeLike"
  | "Flatten"
  | "Gather"
  | "GatherElements"
  | "GatherND"
  | "OneHot"
  | "Pad"
  | "Range"
  | "Reshape"
  | "ReverseSequence"
  | "ScatterElements"
  | "ScatterND"
  | "Shape"
  | "Size"
  | "Slice"
  | "SpaceToDepth"
  | "Split"
  | "Squeeze"
  | "Tile"
  | "Transpose"
  | "Trilu"
  | "Unsqueeze";

/** The operators that make, rearrange and pick elements. One that is missing here does not compile. */
export const SHAPE_OPS = {
  Concat,
  Constant,
  ConstantOfShape,
  DepthToSpace,
  Expand,
  EyeLike,
  Flatten,
  Gather,
  GatherElements,
  GatherND,
  OneHot,
  Pad,
  Range,
  Reshape,
  ReverseSequence,
  ScatterElements,
  ScatterND,
  Shape,
  Size,
  Slice,
  SpaceToDepth,
  Split,
  Squeeze,
  Tile,
  Transpose,
  Trilu,
  Unsqueeze,
} satisfies Record<ShapeOpName, OpDefinition>;
