import type { FrameSchema } from "../../frame/column.ts";

/** The schema of columns of numbers once they are floats; units are kept. */
export function floatSchema(inputs: FrameSchema): FrameSchema {
  return inputs.map(({ name, kind, width, unit }) => ({
    name,
    ...(kind === "vector" ? { kind, width: width! } : { kind: "float" as const }),
    ...(unit === undefined ? {} : { unit }),
  }));
}
