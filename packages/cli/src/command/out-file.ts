import { outPathError } from "@tideline/pipeline/catalog";

/** Why a file that `--out` (or another flag) names could not be written, in its own name. */
export const outFileError = (
  who: string,
  expected: string,
  out: string,
  cause: unknown,
  field = "--out",
): unknown => outPathError(who, expected, out, cause, field);
