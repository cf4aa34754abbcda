import { tidelineError } from "@tideline/spec";
import { nearestRemedy } from "../nearest-name.ts";
import type { FrameSchema } from "../frame/column.ts";

/** Wants columns that options name to be among those that a transform reads. @throws ARGUMENT_INVALID */
export function needColumns(who: string, names: readonly string[], inputs: FrameSchema): void {
  const absent = names.find((name) => !inputs.some((column) => column.name === name));
  if (absent === undefined) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "columns",
    expected: `"${absent}" among them`,
    received: inputs.map(({ name }) => `"${name}"`).join(", "),
    remedy: nearestRemedy(
      absent,
      inputs.map(({ name }) => name),
    ),
  });
}
