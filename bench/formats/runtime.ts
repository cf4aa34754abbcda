import {
  ARTIFACT_RUNTIMES,
  rowInputs,
  type ArtifactRuntime,
  type ModelArtifact,
  type ModelRows,
} from "@tideline/pipeline";
import type { FormatCase } from "./case.ts";
import { timedHere, type TimedFile } from "./timed.ts";

/** The runtimes that run in this process; the interpreters that stand for Apple's runtimes are not timed. */
export const OWN_RUNTIMES: readonly ArtifactRuntime[] = ARTIFACT_RUNTIMES.filter(
  ({ formats }) => !formats.includes("mlpackage") && !formats.includes("mlmodel"),
);

/** Opens an artifact by a runtime, one row a run. */
export function openOwn(
  runtime: ArtifactRuntime,
  artifact: ModelArtifact,
  given: FormatCase,
): Promise<TimedFile> {
  const { model, onnx, rows } = given;
  const inputs = rowInputs(model);
  const single = Array.from({ length: rows.count }, (_, row): ModelRows => ({
    count: 1,
    inputs: Object.fromEntries(
      Object.entries(rows.inputs).map(([name, values]) => {
        const width = values.length / rows.count;
        return [name, (values as Float32Array).slice(row * width, (row + 1) * width)];
      }),
    ),
  }));
  return timedHere(async () => {
    const open = await runtime.open(artifact, { inputs, graph: onnx });
    return {
      run: (index) => open.answer(single[index % single.length]!, open.outputs),
      close: () => open.close(),
    };
  });
}
