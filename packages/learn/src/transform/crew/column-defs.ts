import { FREQUENCY_ENCODER } from "../category/frequency-encoder.ts";
import { ONE_HOT_ENCODER } from "../category/one-hot-encoder.ts";
import { ORDINAL_ENCODER } from "../category/ordinal-encoder.ts";
import { SIMPLE_IMPUTER } from "../impute/simple-imputer.ts";
import { MAX_ABS_SCALER } from "../scale/max-abs-scaler.ts";
import { MIN_MAX_SCALER } from "../scale/min-max-scaler.ts";
import { ROBUST_SCALER } from "../scale/robust-scaler.ts";
import { STANDARD_SCALER } from "../scale/standard-scaler.ts";
import type { AnyTransformDef } from "../transform-def.ts";

/** The definitions that threads load: what most tables go through. Few, because each thread loads all of them. */
export const COLUMN_DEFS: ReadonlySet<AnyTransformDef> = new Set<AnyTransformDef>([
  FREQUENCY_ENCODER as unknown as AnyTransformDef,
  MAX_ABS_SCALER as unknown as AnyTransformDef,
  MIN_MAX_SCALER as unknown as AnyTransformDef,
  ONE_HOT_ENCODER as unknown as AnyTransformDef,
  ORDINAL_ENCODER as unknown as AnyTransformDef,
  ROBUST_SCALER as unknown as AnyTransformDef,
  SIMPLE_IMPUTER as unknown as AnyTransformDef,
  STANDARD_SCALER as unknown as AnyTransformDef,
]);
