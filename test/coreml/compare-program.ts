import { interpret, type OnnxModel } from "@tideline/graph";
import {
  interpretProgram,
  writeMlProgram,
  type MlProgramOptions,
  type MlProgramReport,
  type PackageFile,
} from "@tideline/graph/coreml";

/** A row, or several. */
export type Feed = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly values: ArrayLike<number> }>
>;

/** A written package. @throws Error with the reasons where there is none. */
export function programOf(
  model: OnnxModel,
  options: MlProgramOptions = {},
): { readonly files: readonly PackageFile[]; readonly report: MlProgramReport } {
  const written = writeMlProgram(model, options);
  if (!written.ok)
    throw new Error(
      written.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"),
    );
  return written;
}

/** How far numbers are apart, over the larger of 1 and their scale; equal infinities and NaN are not. */
export function apart(right: ArrayLike<number>, answer: ArrayLike<number>): number {
  if (right.length !== answer.length) return Infinity;
  let [scale, far] = [1, 0];
  for (let at = 0; at < right.length; at++)
    if (Number.isFinite(right[at])) scale = Math.max(scale, Math.abs(right[at]!));
  for (let at = 0; at < right.length; at++) {
    if (Object.is(right[at]! + 0, answer[at]! + 0)) continue;
    const distance = Math.abs(right[at]! - answer[at]!) / scale;
    far = Math.max(far, Number.isNaN(distance) ? Infinity : distance);
  }
  return far;
}

const known = new WeakMap<OnnxModel, WeakMap<Feed, ReturnType<typeof interpret>>>();

/** What the interpreter of graphs says, which is asked once. */
function rightOf(model: OnnxModel, feed: Feed): ReturnType<typeof interpret> {
  const own = known.get(model) ?? new WeakMap<Feed, ReturnType<typeof interpret>>();
  known.set(model, own);
  const right = own.get(feed) ?? interpret(model, feed);
  own.set(feed, right);
  return right;
}

/** How far a package's outputs are from what the interpreter of graphs says, as {@link apart}. */
export function farFrom(
  model: OnnxModel,
  { files, report }: ReturnType<typeof programOf>,
  feeds: readonly Feed[],
): number {
  const arrays = report.outputs.filter(({ graphName }) => graphName !== "");
  return Math.max(
    ...feeds.map((feed) => {
      const right = rightOf(model, feed);
      const given = Object.fromEntries(report.inputs.map(({ name, graphName }) => [name, feed[graphName]!]));
      const answers = interpretProgram(files, given);
      return Math.max(
        ...arrays.map(({ name, graphName }) => {
          const answer = answers[name]!;
          return "values" in answer ? apart(right[graphName]!.values, answer.values) : Infinity;
        }),
      );
    }),
  );
}
