export {
  ADVERSARIAL_KINDS,
  adversarialRows,
  type AdversarialKind,
  type AdversarialRows,
} from "./adversarial-row.ts";
export {
  ARTIFACT_KINDS,
  makeArtifacts,
  type ArtifactKindName,
  type ModelArtifacts,
} from "./artifact-kind.ts";
export {
  ARTIFACT_RUNTIMES,
  graphArtifactRuntime,
  type ArtifactRuntime,
  type OpenArtifact,
} from "./artifact-runtime.ts";
export { codedGraph, type CodedGraph } from "./coded-graph.ts";
export { MATRIX_TOLERANCE, requireMatrix } from "./matrix-gate.ts";
export type * from "./matrix-report.ts";
export type * from "./model-artifact.ts";
export { rowInputs, type ModelRows, type RowInput, type RowValues } from "./model-row.ts";
export { codesOf } from "./text-code.ts";
export { parityMatrix, type MatrixOptions } from "./parity-matrix.ts";
