export {
  writeLitert,
  type LitertCalibration,
  type LitertEnd,
  type LitertOptions,
  type LitertPrecision,
  type LitertReport,
  type LitertResult,
} from "./write-litert.ts";
export { litertFeed, type LitertFeed } from "./lite-feed.ts";
export type { RefusalReason as LiteReason } from "../known-walk.ts";
export { LITERT_RULES } from "./registry.ts";
export type { CalibrationMethod } from "./observe.ts";
