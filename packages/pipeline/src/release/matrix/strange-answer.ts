import { answersTo, type Answers, type OpenArtifact, type OpenContext } from "./artifact-runtime.ts";
import { sliceRows, type ModelRows } from "./model-row.ts";

/** Answers to each row alone; null where the runtime throws. */
async function rowByRow(
  open: OpenArtifact,
  context: OpenContext,
  rows: ModelRows,
  outputs: readonly string[],
): Promise<readonly (Answers | null)[]> {
  const answers: (Answers | null)[] = [];
  for (let row = 0; row < rows.count; row += 1)
    answers.push(await open.answer(sliceRows(context.inputs, rows, row, row + 1), outputs).catch(() => null));
  return answers;
}

/** Answers to strange rows: together where nothing is thrown, else row by row, with NaN where it is. */
export async function strangeAnswers(
  open: OpenArtifact,
  context: OpenContext,
  rows: ModelRows,
  widths: Readonly<Record<string, number>>,
): Promise<Answers> {
  const outputs = Object.keys(widths);
  try {
    return await answersTo(open, context, rows, outputs);
  } catch {
    const each = await rowByRow(open, context, rows, outputs);
    return Object.fromEntries(
      outputs.map((name) => {
        const values = new Float64Array(rows.count * widths[name]!).fill(Number.NaN);
        for (const [row, one] of each.entries())
          if (one !== null) values.set(one[name]!, row * widths[name]!);
        return [name, values];
      }),
    );
  }
}

/** Whether all numbers of a row are finite. */
export function isAnswered(answers: Answers, row: number, rows: number): boolean {
  return Object.values(answers).every((values) => {
    const width = values.length / rows;
    return values.subarray(row * width, (row + 1) * width).every(Number.isFinite);
  });
}
