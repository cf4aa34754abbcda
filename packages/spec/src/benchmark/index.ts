export * from "./case-runtime.ts";
export { checkAnswers, type AnswerCheck } from "./check-answer.ts";
export { clockStep, percentile } from "./clock.ts";
export { failedCase } from "./failed-case.ts";
export * from "./plan.ts";
export * from "./report.ts";
export { loadCase, runCase, type CaseOptions, type CasePorts } from "./run-case.ts";
export { withLoads } from "./cold-load.ts";
export { casesOf, runPlan, type PlanRunOptions } from "./run-plan.ts";
export {
  litertNativeCase,
  type LitertNativeModule,
  type LitertNativeOptions,
  type LitertNativeTensor,
} from "./runtime/litert-native.ts";
export {
  litertWebCase,
  type LitertWebDetail,
  type LitertWebModule,
  type LitertWebOptions,
  type LitertWebTensor,
} from "./runtime/litert-web.ts";
export { ortCase, type OrtCaseModule, type OrtCaseOptions, type OrtCaseSession } from "./runtime/ort.ts";
export { operatorTimes } from "./runtime/ort-profile.ts";
export { tableCase, type TableReader } from "./runtime/table.ts";
export { webRuntimes, type OrtWebModule, type WebRuntimeSources } from "./runtime/web.ts";
export { phoneWords, slowdownWords } from "./words.ts";
