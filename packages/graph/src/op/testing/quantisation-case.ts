import * as fc from "fast-check";
import { eighths, filled, shape, type CaseInput, type Cases, type Dims } from "./op-case.ts";

const scale = fc.constantFrom(0.125, 0.25, 0.3, 0.5, 1, 1.7);

interface Quantised {
  readonly dims: Dims;
  readonly scales: CaseInput;
  readonly zeros: CaseInput | undefined;
  readonly attributes: { readonly axis: number };
}

/** A shape with one scale, or one for each place along an axis, and zero points of a type or none. */
const quantised = (type: "int8" | "uint8"): fc.Arbitrary<Quantised> =>
  shape(1, 3).chain((dims) =>
    fc
      .tuple(fc.integer({ min: -dims.length, max: dims.length - 1 }), fc.boolean(), fc.boolean())
      .chain(([axis, perAxis, centred]) => {
        const own = perAxis ? [dims.at(axis)!] : [];
        const zero = fc.integer({ min: type === "int8" ? -9 : 0, max: 9 });
        return fc.tuple(filled(own, scale), filled(own, zero, type)).map(([scales, zeros]) => ({
          dims,
          // As float32 holds it.
          scales: { ...scales, values: scales.values.map(Math.fround) },
          zeros: centred || type === "int8" ? zeros : undefined,
          attributes: { axis },
        }));
      }),
  );

const types = fc.constantFrom("int8" as const, "uint8" as const);

/** Cases of quantisation. */
export const QUANTISATION_CASES = {
  DequantizeLinear: types.chain((type) =>
    quantised(type).chain(({ dims, scales, zeros, attributes }) =>
      filled(dims, fc.integer({ min: type === "int8" ? -128 : 0, max: 127 }), type).map((x) => ({
        inputs: zeros ? [x, scales, zeros] : [x, scales],
        attributes,
      })),
    ),
  ),
  QuantizeLinear: types.chain((type) =>
    quantised(type).chain(({ dims, scales, zeros, attributes }) =>
      filled(dims, fc.oneof(eighths, fc.constantFrom(-1000, 1000))).map((x) => ({
        inputs: zeros ? [x, scales, zeros] : [x, scales],
        attributes,
      })),
    ),
  ),
} satisfies Record<string, Cases>;
