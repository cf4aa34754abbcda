import { tidelineError, type TidelineError } from "@tideline/spec";

/** The error of a model that has no tensor of a name that its release tells. */
export const missingTensor = (runtime: string, wanted: string, names: readonly string[]): TidelineError =>
  tidelineError("RUNTIME_UNSUPPORTED", {
    who: `${runtime} runtime`,
    field: wanted,
    expected: "a tensor of the model",
    received: names.join(", ") || "a model without names",
  });
