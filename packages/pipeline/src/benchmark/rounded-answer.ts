import type { BenchmarkArtifact, CaseRow, CaseRuntime } from "@tideline/spec/benchmark";
import { inputWidth } from "@tideline/spec/benchmark";
import { nodeRuntimes } from "./node-runtime.ts";
import type { BenchmarkFiles } from "./package-plan.ts";

/**
 * A plan whose files of 8 bits have answers of their own, where the package gives none: what the first runtime that takes such a file
 * answers here. Vectors of a package are rows of nobody, some of them far beyond what calibration saw, where 8 bits stop at the end of
 * their range: the model's own answers to these say nothing of such a file, which the parity gate has held to rows as they come. What
 * does not run here keeps the model's answers, and is told by its case.
 *
 * @param folder takes what runtimes write
 *
 * @example
 * const files = await withRoundedAnswers(await packagePlan(manifest, read, pace), folder);
 */
export async function withRoundedAnswers(
  files: BenchmarkFiles,
  folder: string,
  runtimes: readonly CaseRuntime[] = nodeRuntimes(folder),
): Promise<BenchmarkFiles> {
  const artifacts: BenchmarkArtifact[] = [];
  for (const artifact of files.plan.artifacts) {
    const runtime = runtimes.find(({ formats }) => formats.includes(artifact.format));
    const isOpen = artifact.numbers === "int8" && artifact.answers === undefined;
    const answers = isOpen && runtime ? await answersOf(files, artifact, runtime) : undefined;
    artifacts.push(answers === undefined ? artifact : { ...artifact, answers });
  }
  return Object.freeze({ ...files, plan: Object.freeze({ ...files.plan, artifacts }) });
}

/** What a file answers to every row of the plan; undefined where it does not run, or lacks an output. */
async function answersOf(
  { plan, files }: BenchmarkFiles,
  artifact: BenchmarkArtifact,
  runtime: CaseRuntime,
): Promise<BenchmarkArtifact["answers"]> {
  const answers: Record<string, number[]> = Object.fromEntries(plan.outputs.map(({ name }) => [name, []]));
  try {
    const started = await runtime.start();
    const open = await started.open(files.get(artifact.sha256)!, artifact, plan);
    try {
      for (let row = 0; row < plan.rows; row++) {
        const given = await open.run(open.feed(rowOf(plan, row)));
        for (const { name } of plan.outputs) answers[name]!.push(...Array.from(given[name]!, Number));
      }
    } finally {
      await open.close();
    }
  } catch {
    // Its case runs it again, in a process of its own, and says why it does not run.
    return undefined;
  }
  return Object.values(answers).every((values) => values.every(Number.isFinite)) ? answers : undefined;
}

function rowOf({ inputs, vectors }: BenchmarkFiles["plan"], row: number): CaseRow {
  return Object.fromEntries(
    inputs.map((input) => {
      const width = inputWidth(input);
      return [input.name, vectors.inputs[input.name]!.slice(row * width, (row + 1) * width)];
    }),
  );
}
