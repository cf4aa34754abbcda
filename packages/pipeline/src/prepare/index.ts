export type { CheckPlan, OwnChecks } from "./check-plan.ts";
export type { PartReport } from "./check-step.ts";
export type { PreparationManifest } from "./outcome.ts";
export { ownRule, ownTransform, type OwnCode, type PreparationStep } from "./own-step.ts";
export type { PartName } from "./part.ts";
export type { PlannedStep } from "./plan.ts";
export { isPreparation, prepare, type Preparation, type PreparationOptions } from "./preparation.ts";
export type { PartCount, StepLine, StepTold } from "./preparing.ts";
export type { Pruned } from "./prune.ts";
export type { QuarantineLine } from "./quarantine-file.ts";
export { SOURCE_ROW } from "./row-change.ts";
export {
  planPreparation,
  runPreparation,
  type Prepared,
  type RunPreparationOptions,
} from "./run-preparation.ts";
export type { SplitPlan } from "./split-plan.ts";
export {
  snapshotTable,
  table,
  type TableFormat,
  type TableOptions,
  type TableSource,
} from "./table-source.ts";
export type { ViewUse } from "./view-step.ts";
