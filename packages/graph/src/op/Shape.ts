import { defineOp, INTEGER_RESULT } from "./op-definition.ts";

/** The lengths of the input's axes from `start` up to `end`, as an int64 vector. */
export const Shape = defineOp({
  since: 1,
  sinceFor: ({ attributes }) => (attributes.start === 0 && attributes.end === undefined ? 1 : 15),
  inputs: ["data"],
  attributes: { start: { type: "int", default: 0 }, end: { type: "int" } },
  infer({ inputs, attributes }) {
    const { dims } = inputs[0]!;
    const within = (bound: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dims.length : bound, 0), dims.length);
    const start = within(attributes.start);
    const kept = dims.slice(start, Math.max(start, within(attributes.end ?? dims.length)));
    return [{ elementType: "int64", dims: [kept.length], lengths: kept }];
  },
  evaluate({ inputs, attributes }) {
    const { dims } = inputs[0]!;
    const within = (bound: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dims.length : bound, 0), dims.length);
    return [Float64Array.from(dims.slice(within(attributes.start), within(attributes.end ?? dims.length)))];
  },
  gradient: INTEGER_RESULT,
});
