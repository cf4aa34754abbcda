import { tidelineError } from "@tideline/spec";

/** Levels of a tree that are told or drawn. @throws ARGUMENT_INVALID for what is no number of at least 0. */
export function checkDepth(who: string, depth: number): number {
  if (typeof depth === "number" && depth >= 0) return depth;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "depth",
    expected: "a number of at least 0",
    received: String(depth),
  });
}
