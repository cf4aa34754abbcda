import { STANDARD_SCALER } from "./scale/standard-scaler.ts";
import type { AnyTransformDef } from "./transform-def.ts";

/** Every transform by its kind: what storage restores from and the conformance suite goes through. A row for each; sorted. */
export const TRANSFORMS = {
  standardScaler: STANDARD_SCALER,
} satisfies Record<string, AnyTransformDef>;

/** The kind of a transform of this package. */
export type TransformKind = keyof typeof TRANSFORMS;
