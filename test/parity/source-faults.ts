import {
  sourceVectors,
  writeSource,
  type OnnxModel,
  type SourceFile,
  type SourceOptions,
} from "@tideline/graph";
import { shiftedFeature, swappedAxis } from "../../packages/pipeline/src/release/matrix/testing/fault.ts";
import {
  COLUMNS,
  sampleForest,
  sampleNet,
  sampleRows,
} from "../../packages/pipeline/src/release/matrix/testing/sample.ts";

/** Source of a graph, with the self-test of that graph or of the one that it should be. */
export interface FaultySource {
  readonly name: string;
  readonly isFaulty: boolean;
  readonly files: readonly SourceFile[];
}

/** What a writer of source makes of a net and of a forest, and what one makes that swaps axes or counts columns from one. */
export async function faultySources(
  options: Omit<SourceOptions, "name" | "vectors">,
): Promise<readonly FaultySource[]> {
  const net = sampleNet();
  const { model: forest } = await sampleForest(sampleRows(150));
  const cases: readonly (readonly [string, OnnxModel, OnnxModel])[] = [
    ["Axes", net, swappedAxis(net)],
    ["Columns", forest, shiftedFeature(forest, COLUMNS)],
  ];
  return cases.flatMap(([title, right, wrong]) =>
    [right, wrong].map((written) => {
      const isFaulty = written === wrong;
      const name = `${title}${isFaulty ? "Wrong" : "Right"}`;
      const vectors = sourceVectors(right, { seed: 3, count: 40 });
      return { name, isFaulty, files: writeSource(written, { ...options, name, vectors }).files };
    }),
  );
}
