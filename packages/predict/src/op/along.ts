import { below, checkTarget, length, runOf, type Program, type Step } from "../program.ts";

/** What an operator does with one line of the middle axis: from where, to where, how long, how far apart. */
export type Line = (from: number, to: number, count: number, step: number) => void;

/**
 * An operator along the middle of three axes, `kind, outer, count, inner, source, target`, with one line for each
 * kind; `kept` says that the target has the source's shape.
 */
export function along(program: Program, args: Int32Array, lines: readonly Line[], kept: boolean): Step {
  const [kind, outer, count, inner, source, target] = args;
  const line = lines[below(kind, lines.length, "kind")];
  const size = length(outer) * length(count) * length(inner);
  const read = runOf(program, source, size);
  checkTarget(
    program,
    runOf(program, target, kept ? size : outer * inner),
    kept && source === target ? [] : [read],
  );
  program.spend(size);
  const far = kept ? count * inner : inner;
  return () => {
    for (let i = 0; i < outer; i++)
      for (let j = 0; j < inner; j++)
        line(source + i * count * inner + j, target + i * far + j, count, inner);
  };
}

/** The largest number of a line, or the smallest where `sign` is -1; NaN where there is one. */
export function extreme(
  memory: Float32Array,
  from: number,
  count: number,
  step: number,
  sign: number,
): number {
  let best = memory[from];
  for (let k = 1; k < count; k++) {
    const x = memory[from + k * step];
    if (x * sign > best * sign || x !== x) best = x;
  }
  return best;
}
