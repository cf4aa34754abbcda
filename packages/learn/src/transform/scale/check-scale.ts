import { malformedState } from "../state-check.ts";

/** Wants what columns are divided by to be finite and not 0. @throws MODEL_MALFORMED */
export function checkScale(who: string, scale: Float64Array): void {
  const wrong = scale.find((value) => !Number.isFinite(value) || value === 0);
  if (wrong !== undefined) throw malformedState(who, "scale", "finite numbers other than 0", wrong);
}
