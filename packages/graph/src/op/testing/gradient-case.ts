import type { GraphBuilder } from "../../builder.ts";
import { ELEMENT_TYPES, valuesOf, type ElementType } from "../../element-type.ts";
import type { Value } from "../../value.ts";
import type { GraphEmitter } from "../graph-emitter.ts";
import type { OpName } from "../op-name.ts";
import type { Feeds } from "./finite-difference.ts";
import type { OpCase } from "./op-case.ts";

/** What `ops` of a builder takes, whatever the operator. */
type GivenAttributes = Parameters<GraphEmitter["ops"]>[2];

const isFloating = (elementType: ElementType): boolean => ELEMENT_TYPES[elementType].kind === "float";

/** Writes a case into a graph: its data as inputs `x0`, `x1`, ..., floating ones of the given type; its axes, lengths and scales as constants. */
export function writeCase(
  g: GraphBuilder,
  op: OpName,
  { inputs, attributes }: OpCase,
  floating: "float32" | "float64",
): readonly Value[] {
  const given = inputs.map((input, at): Value | undefined => {
    if (input === undefined) return undefined;
    const elementType =
      isFloating(input.elementType) && input.constant !== true ? floating : input.elementType;
    return input.constant === true
      ? g.constant(valuesOf(elementType, input.values), input.dims)
      : g.input(`x${at}`, elementType, input.dims);
  });
  return (g as unknown as GraphEmitter).ops(op, given, attributes as GivenAttributes);
}

/** Where the numbers of a case are moved: a part of an eighth, towards zero or away from it. */
export type Nudge = "inwards" | "outwards";

/**
 * The numbers that a case is fed, each moved by its own part of an eighth: no two are equal and none is a multiple of an
 * eighth, so that no corner (a tie, a zero, a bound) is within reach of a difference. The parts are the fractions of
 * the golden ratio's multiples, which are spread evenly however many there are.
 */
export function nudgedFeeds({ inputs }: OpCase, nudge: Nudge): Feeds {
  let count = 0;
  const GOLDEN = (Math.sqrt(5) - 1) / 2;
  const move = (value: number): number => {
    count += 1;
    const part = 0.1 + 0.8 * ((count * GOLDEN) % 1);
    const away = value === 0 || nudge === "outwards";
    return value + (value < 0 === away ? -1 : 1) * (part / 8);
  };
  return Object.fromEntries(
    inputs.flatMap((input, at) => {
      if (input === undefined || input.constant === true) return [];
      const values = isFloating(input.elementType) ? input.values.map(move) : input.values;
      return [[`x${at}`, { dims: input.dims, values }] as const];
    }),
  );
}
