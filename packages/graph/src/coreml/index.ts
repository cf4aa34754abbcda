export {
  writeMlProgram,
  type MlProgramEnd,
  type MlProgramOptions,
  type MlProgramPrecision,
  type MlProgramReport,
  type MlProgramResult,
  type PackageFile,
} from "./program/write-program.ts";
export { MIL_RULES } from "./program/registry.ts";
export type { RefusalReason } from "../known-walk.ts";
export { checkProgram } from "./interpret-program/check-program.ts";
export {
  interpretProgram,
  runProgram,
  type ProgramAnswer,
  type ProgramFeed,
} from "./interpret-program/interpret-program.ts";
export { readProgram } from "./interpret-program/read-program.ts";
export {
  writeMlModel,
  type MlModelOptions,
  type MlModelReport,
  type MlModelResult,
} from "./classic/write-ml-model.ts";
export type { ClassicInput } from "./classic/classic-input.ts";
export type { ClassicReason } from "./classic/classic-reason.ts";
export {
  checkClassicForm,
  interpretClassic,
  readClassicForm,
  type ClassicFeature,
  type ClassicForm,
  type ClassicRow,
} from "./interpret-classic/index.ts";
