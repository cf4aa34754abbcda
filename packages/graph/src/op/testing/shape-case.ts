import { broadcastable, filled, ints, shape, type Cases } from "./op-case.ts";

const expand: Cases = shape(0, 3).chain((dims) =>
  broadcastable(dims).chain((from) => filled(from).map((x) => ({ inputs: [x, ints(dims)] }))),
);

/** Cases of operators that rearrange and pick elements. */
export const SHAPE_CASES = { Expand: expand } satisfies Record<string, Cases>;
