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
export { interpretProgram, type ProgramAnswer, type ProgramFeed } from "./interpret-program/interpret-program.ts";
