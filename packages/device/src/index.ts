export type { Download, DownloadPlace } from "./artifact.ts";
export { chunkedDownload } from "./artifact-chunk.ts";
export {
  createBudget,
  DEFAULT_BUDGET,
  type Budget,
  type BudgetLimits,
  type BudgetStatus,
  type NetworkRule,
} from "./budget.ts";
export {
  createCapture,
  type Capture,
  type CapturedPrediction,
  type CaptureOptions,
  type CaptureStatus,
} from "./capture.ts";
export {
  createClient,
  type Client,
  type ClientOptions,
  type Diagnostics,
  type EventIdentity,
} from "./client.ts";
export { askCloud, type CloudTier } from "./cloud.ts";
export type { Restriction } from "./context.ts";
export { CRASH_POINTS, type CrashPoint } from "./crash-point.ts";
export { decodeJournal, type JournalRecord, type RecordHeader } from "./journal-record.ts";
export { describeDiagnostics } from "./describe-diagnostics.ts";
export { DEFAULT_LIMITS, type ClientLimits } from "./limits.ts";
export { createMedia, type KeptMedia, type Media, type MediaOptions, type MediaReference } from "./media.ts";
export {
  createModels,
  type ModelsOptions,
  type OpenModels,
  type Prediction,
  type PredictionContext,
} from "./models.ts";
export { packFrame, type PackFrameOptions } from "./packed-frame.ts";
export type {
  Conditions,
  DevicePorts,
  LoadedModel,
  LogEntry,
  ModelRuntime,
  Network,
  NetworkRequest,
  NetworkResponse,
  SecureStorage,
  Storage,
} from "./ports.ts";
export { reportUpdates } from "./release-report.ts";
export type { BundledRelease, ReleaseStatus, UpdateOutcome } from "./release-slot.ts";
export { createResampler, type Resampled, type Resampler, type ResamplerOptions } from "@tideline/spec";
export { SDK_VERSION } from "./sdk-version.ts";
export type { OpenRequest, SubjectRequest } from "./subject.ts";
export { tableRuntime } from "./table-runtime.ts";
export { createUpdateSchedule, type UpdateSchedule, type UpdateScheduleOptions } from "./update-schedule.ts";
export type { FlushOutcome } from "./upload.ts";
