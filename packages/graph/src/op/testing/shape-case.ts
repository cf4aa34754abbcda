import * as fc from "fast-check";
import { elementCount } from "../../onnx.ts";
import {
  axesOf,
  axisOf,
  bit,
  broadcastable,
  filled,
  ints,
  shape,
  type CaseInput,
  type Cases,
  type Dims,
} from "./op-case.ts";

const each = <T>(list: readonly unknown[], value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(value, { minLength: list.length, maxLength: list.length });

const expand: Cases = shape(0, 3).chain((dims) =>
  broadcastable(dims).chain((from) => filled(from).map((x) => ({ inputs: [x, ints(dims)] }))),
);

const split: Cases = shape(1, 3).chain((dims) =>
  axisOf(dims).chain((axis) =>
    fc.oneof(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((lengths) => {
        const length = lengths.reduce((sum, part) => sum + part, 0);
        const at = (axis + dims.length) % dims.length;
        return filled(dims.with(at, length)).map((x) => ({
          inputs: [x, ints(lengths)],
          attributes: { axis },
        }));
      }),
      fc.constantFrom([6, 3], [4, 2], [3, 3], [3, 2], [1, 1]).chain(([length, num_outputs]) =>
        filled(dims.with((axis + dims.length) % dims.length, length!)).map((x) => ({
          inputs: [x],
          attributes: { axis, num_outputs: num_outputs! },
        })),
      ),
    ),
  ),
);

const pad: Cases = shape(1, 3).chain((dims) =>
  fc.tuple(axesOf(dims, 1), fc.constantFrom("constant", "edge", "reflect", "wrap")).chain(([axes, mode]) => {
    const bound = (axis: number): fc.Arbitrary<number> => {
      const dim = dims.at(axis)!;
      return mode === "constant"
        ? fc.integer({ min: -Math.floor(dim / 2), max: 3 })
        : fc.integer({ min: 0, max: dim - 1 });
    };
    const pads = fc.tuple(...[...axes, ...axes].map(bound));
    return fc.tuple(filled(dims), pads, filled([]), bit).map(([x, pads, value, valued]) => ({
      inputs: [x, ints(pads), mode === "constant" && valued === 1 ? value : undefined, ints(axes)],
      attributes: { mode },
    }));
  }),
);

const tile: Cases = shape(0, 3).chain((dims) =>
  fc
    .tuple(filled(dims), each(dims, fc.integer({ min: 1, max: 3 })))
    .map(([x, repeats]) => ({ inputs: [x, ints(repeats)] })),
);

const oneHot: Cases = fc.tuple(shape(1, 2), fc.integer({ min: 1, max: 4 })).chain(([dims, depth]) =>
  fc
    .tuple(
      filled(dims, fc.integer({ min: -depth - 1, max: depth }), "int64"),
      filled([2]),
      fc.integer({ min: -dims.length - 1, max: dims.length }),
    )
    .map(([indices, values, axis]) => ({
      inputs: [indices, { elementType: "int64", dims: [], values: [depth], constant: true }, values],
      attributes: { axis },
    })),
);

/** Places on the leading axes of `dims`, `rows` of them; each another one where `unique`. */
const places = (dims: Dims, depth: number, rows: number, unique: boolean): fc.Arbitrary<CaseInput> =>
  fc
    .uniqueArray(fc.tuple(...dims.slice(0, depth).map((dim) => fc.nat(dim - 1))), {
      minLength: rows,
      maxLength: rows,
      selector: (place) => (unique ? place.join() : Symbol("each its own")),
    })
    .chain((list) =>
      each(list, each(dims.slice(0, depth), fc.boolean())).map((negative) => ({
        elementType: "int64" as const,
        dims: [rows, depth],
        values: list.flatMap((place, row) =>
          place.map((at, axis) => (negative[row]![axis] === true ? at - dims[axis]! : at)),
        ),
      })),
    );

const scatterND: Cases = fc
  .tuple(shape(1, 3), fc.constantFrom("none", "none", "add", "mul", "max", "min"))
  .chain(([dims, reduction]) =>
    fc.integer({ min: 1, max: dims.length }).chain((depth) => {
      const slots = elementCount(dims.slice(0, depth));
      const unique = reduction === "none";
      return fc
        .integer({ min: 1, max: unique ? Math.min(slots, 4) : 5 })
        .chain((rows) =>
          fc
            .tuple(
              filled(dims),
              places(dims, depth, rows, unique),
              filled([rows, ...dims.slice(depth)], fc.constantFrom(-2, -1, 0.5, 1, 2)),
            )
            .map((inputs) => ({ inputs, attributes: { reduction } })),
        );
    }),
  );

const gatherND: Cases = fc.tuple(shape(1, 3), fc.integer({ min: 0, max: 1 })).chain(([dims, batch]) => {
  const batch_dims = dims.length > 1 ? batch : 0;
  const own = dims.slice(batch_dims);
  return fc
    .tuple(fc.integer({ min: 1, max: own.length }), fc.integer({ min: 1, max: 4 }))
    .chain(([depth, rows]) =>
      fc.tuple(filled(dims), places(own, depth, rows * (batch_dims === 1 ? dims[0]! : 1), false)),
    )
    .map(([x, found]) => ({
      inputs: [
        x,
        batch_dims === 1 ? { ...found, dims: [dims[0]!, found.dims[0]! / dims[0]!, found.dims[1]!] } : found,
      ],
      attributes: { batch_dims },
    }));
});

const shapeOf: Cases = shape(0, 4).chain((dims) =>
  fc
    .tuple(filled(dims), fc.integer({ min: -5, max: 5 }), fc.option(fc.integer({ min: -5, max: 5 })))
    .map(([x, start, end]) => ({
      inputs: [x],
      attributes: { start, ...(end === null ? {} : { end }) },
    })),
);

const length = fc.integer({ min: 1, max: 3 });

/** Index elements for `dims`: none longer, apart from `axis`; each another place along it where `unique`. */
const elementIndices = (dims: Dims, axis: number, unique: boolean): fc.Arbitrary<CaseInput> =>
  fc
    .tuple(...dims.map((dim, at) => fc.integer({ min: 1, max: at === axis && !unique ? 4 : dim })))
    .chain((wanted) => {
      const along = wanted[axis]!;
      const line = unique
        ? fc.shuffledSubarray(
            Array.from({ length: dims[axis]! }, (_, at) => at),
            { minLength: along, maxLength: along },
          )
        : fc.array(fc.integer({ min: -dims[axis]!, max: dims[axis]! - 1 }), {
            minLength: along,
            maxLength: along,
          });
      return each(Array.from({ length: elementCount(wanted) / along }), line).map((lines) => {
        const values: number[] = [];
        const inner = elementCount(wanted.slice(axis + 1));
        for (let flat = 0; flat < elementCount(wanted); flat += 1) {
          const row = Math.floor(flat / (inner * along)) * inner + (flat % inner);
          values.push(lines[row]![Math.floor(flat / inner) % along]!);
        }
        return { elementType: "int64" as const, dims: wanted, values };
      });
    });

const gatherElements: Cases = shape(1, 3).chain((dims) =>
  axisOf(dims).chain((axis) =>
    fc
      .tuple(filled(dims), elementIndices(dims, (axis + dims.length) % dims.length, false))
      .map((inputs) => ({ inputs, attributes: { axis } })),
  ),
);

const scatterElements: Cases = fc
  .tuple(shape(1, 3), fc.constantFrom("none", "none", "add", "mul", "max", "min"))
  .chain(([dims, reduction]) =>
    axisOf(dims).chain((axis) =>
      elementIndices(dims, (axis + dims.length) % dims.length, reduction === "none").chain((indices) =>
        fc
          .tuple(filled(dims), filled(indices.dims, fc.constantFrom(-2, -1, 0.5, 1, 2)))
          .map(([x, updates]) => ({ inputs: [x, indices, updates], attributes: { axis, reduction } })),
      ),
    ),
  );

const range: Cases = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -9, max: 9 }), fc.constantFrom(-3, -1, 1, 2))
  .map((bounds) => ({
    inputs: bounds.map((bound) => ({
      elementType: "int64" as const,
      dims: [],
      values: [bound],
      constant: true as const,
    })),
  }));

const trilu: Cases = shape(2, 3).chain((dims) =>
  fc.tuple(filled(dims), bit, fc.option(fc.integer({ min: -4, max: 4 }))).map(([x, upper, k]) => ({
    inputs:
      k === null
        ? [x]
        : [x, { elementType: "int64" as const, dims: [], values: [k], constant: true as const }],
    attributes: { upper },
  })),
);

const eyeLike: Cases = shape(2, 2).chain((dims) =>
  fc
    .tuple(filled(dims), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1, 7, undefined))
    .map(([x, k, dtype]) => ({
      inputs: [x],
      attributes: { k, ...(dtype === undefined ? {} : { dtype }) },
    })),
);

/** Images and the block size that their channels, or their pixels, come in. */
const blocks = (
  towards: "depth" | "space",
): fc.Arbitrary<{ readonly x: CaseInput; readonly blocksize: number }> =>
  fc.tuple(fc.tuple(length, length, length, length), length).chain(([[n, c, h, w], blocksize]) => {
    const dims = towards === "space" ? [n, c * blocksize ** 2, h, w] : [n, c, h * blocksize, w * blocksize];
    return filled(dims).map((x) => ({ x, blocksize }));
  });

const reverseSequence: Cases = fc
  .tuple(shape(2, 3), bit)
  .chain(([dims, batch_axis]) =>
    fc
      .tuple(
        filled(dims),
        filled([dims[batch_axis]!], fc.integer({ min: 1, max: dims[1 - batch_axis]! }), "int64"),
      )
      .map((inputs) => ({ inputs, attributes: { batch_axis, time_axis: 1 - batch_axis } })),
  );

/** Cases of operators that rearrange and pick elements. */
export const SHAPE_CASES = {
  Constant: fc.oneof(
    filled([]).map(({ values }) => ({ inputs: [], attributes: { value_float: values[0]! } })),
    filled([3]).map(({ values }) => ({ inputs: [], attributes: { value_floats: values } })),
    fc.integer().map((value_int) => ({ inputs: [], attributes: { value_int } })),
    fc
      .array(fc.integer(), { minLength: 1, maxLength: 4 })
      .map((value_ints) => ({ inputs: [], attributes: { value_ints } })),
  ),
  ConstantOfShape: shape(0, 3).map((dims) => ({ inputs: [ints(dims)] })),
  DepthToSpace: fc.tuple(blocks("space"), fc.constantFrom("DCR", "CRD")).map(([{ x, blocksize }, mode]) => ({
    inputs: [x],
    attributes: { blocksize, mode },
  })),
  Expand: expand,
  EyeLike: eyeLike,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  Pad: pad,
  Range: range,
  ReverseSequence: reverseSequence,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Shape: shapeOf,
  Size: shape(0, 3).chain((dims) => filled(dims).map((x) => ({ inputs: [x] }))),
  SpaceToDepth: blocks("depth").map(({ x, blocksize }) => ({ inputs: [x], attributes: { blocksize } })),
  Split: split,
  Tile: tile,
  Trilu: trilu,
} satisfies Record<string, Cases>;
