import type { FrameSchema } from "@tideline/learn/frame";
import {
  fittedChain,
  readChain,
  type FittedStep,
  type ReadChainOptions,
  type StepLog,
} from "@tideline/learn/transform";
import { readStepFile, writeStepFile, type StepFile } from "./step-file.ts";

const names = (schema: FrameSchema) => schema.map(({ name }) => name);

/** The line of a step in a stored chain. */
export function chainLine(
  fitted: FittedStep,
  step: number,
  rows: Pick<StepLog, "rowsIn" | "rowsOut" | "why">,
): StepLog {
  const columnsOut = "outputs" in fitted ? names(fitted.outputs) : [];
  return { step, kind: fitted.kind, ...rows, columnsIn: names(fitted.inputs), columnsOut };
}

/** Writes what a step learnt as a chain of that step alone. */
export function storeStep(root: string, path: string, fitted: FittedStep): Promise<StepFile> {
  // Of rows nothing is said, so that equal fits are equal bytes.
  const line = chainLine(fitted, 0, { rowsIn: 0, rowsOut: 0, why: {} });
  return writeStepFile(root, path, fittedChain([fitted], [line], []).store());
}

/** Reads what {@link storeStep} wrote. @throws MODEL_MALFORMED, ARTIFACT_CORRUPT */
export async function restoreStep(root: string, file: StepFile, own: ReadChainOptions): Promise<FittedStep> {
  return readChain(await readStepFile(root, file), own).steps[0]!;
}
