import type { LoopedSteps, RecurrenceForm, RecurrenceLoop } from "../../unrolled-recurrence.ts";
import { liteEmitter, type LiteEmitter } from "../emitter.ts";
import type { LiteGraph, LiteTensor } from "../lite-graph.ts";
import { binary, cast, compare, concat, ints, reshape, scalar } from "../primitive.ts";

type Form = RecurrenceForm<LiteTensor>;

/** More steps in one turn make the file larger, and the loop hardly faster. */
const MOST_AT_ONCE = 8;

/** A loop of fewer turns is no smaller than its steps. */
const LEAST_TURNS = 4;

/** How many steps a turn does: as many as leave out one at most, which is done before. */
function atOnce(count: number): number {
  const most = Math.min(MOST_AT_ONCE, Math.floor(count / LEAST_TURNS));
  for (let steps = most; steps > 1; steps--) if (count % steps <= 1) return steps;
  return 1;
}

/** Tensor `x` between zeros along an axis. */
function padded(e: LiteEmitter, x: LiteTensor, axis: number, before: number, behind: number): LiteTensor {
  const pads = x.dims.flatMap((_, at) => (at === axis ? [before, behind] : [0, 0]));
  const shape = { ...x, dims: x.dims.with(axis, before + x.dims[axis]! + behind) };
  return e.emit("PAD", [x, e.constant("INT32", pads, [x.dims.length, 2])], shape);
}

/** Along a new axis. */
function alongAxis(e: LiteEmitter, x: LiteTensor, axis: number): LiteTensor {
  const [dims, open] = [x.dims.toSpliced(axis, 0, 1), x.open.toSpliced(axis, 0, false)];
  return reshape(e, x, dims, open.includes(true) ? open.indexOf(true) : undefined);
}

/** Zeros for each row of `[N, I]`: what compares with itself is never less, not even where it is missing. */
function zeroState(e: LiteEmitter, row: LiteTensor, hidden: number): LiteTensor {
  const [rows, width] = row.dims as readonly [number, number];
  const zeros = cast(e, compare(e, "LESS", row, row), "FLOAT32");
  if (width <= hidden) return width === hidden ? zeros : padded(e, zeros, 1, 0, hidden - width);
  const lengths = ints(e, [row.open[0] === true ? -1 : rows, hidden]);
  return e.emit("SLICE", [zeros, ints(e, [0, 0]), lengths], { ...zeros, dims: [rows, hidden] });
}

/**
 * Steps of a recurrence as a `WHILE`, some in each turn. What goes around are the place in time, what is read, lengths where rows
 * have them, what was said, and states.
 */
export function loopedSteps(
  e: LiteEmitter,
  formOf: (e: LiteEmitter) => Form,
  { driving, time, backward, hidden, initial, ends, driven, step }: RecurrenceLoop<LiteTensor>,
): LoopedSteps<LiteTensor> {
  const count = driving.dims[time]!;
  const steps = atOnce(count);
  const alone = count % steps;
  const main = formOf(e);
  const entriesOf = (own: LiteEmitter, from: LiteTensor, places: LiteTensor): LiteTensor =>
    own.emit(
      "GATHER",
      [from, places],
      { ...from, dims: from.dims.with(time, places.dims[0]!) },
      { axis: time },
    );
  const begin = backward ? count - 1 : 0;
  const first = entriesOf(e, driving, ints(e, [begin]));
  const whole = (own: LiteEmitter, entry: LiteTensor): LiteTensor =>
    reshape(own, entry, entry.dims.toSpliced(time, 1), entry.open[1 - time] ? 0 : undefined);
  const groups = alone === 0 ? [] : driven(main, first).map((group) => whole(e, group));
  const before = alone === 0 ? undefined : step(main, groups, begin, initial, ends);
  const rest = count - alone;
  const zeros = initial.includes(undefined) ? zeroState(e, whole(e, first), hidden) : undefined;
  const states = before?.states ?? initial.map((state) => state ?? zeros!);
  const [ahead, behind] = backward ? [rest - 1 + alone, 0] : [0, rest - 1 + alone];
  const said = padded(e, alongAxis(e, before?.said ?? states[0]!, time), time, ahead, behind);
  const start = backward ? rest - steps : alone;
  const taken = [scalar(e, "INT32", start), driving, ...(ends ? [ends] : []), said, ...states];
  const own = (turn: string): readonly LiteTensor[] =>
    taken.map(({ type, dims, open }, at) => ({ name: `${turn}/${at}`, type, dims, open }));
  const condition = conditionOf(own("condition"), backward, count);
  const body = bodyOf(own("turn"));
  const results = e.apply("WHILE", taken, taken, {}, { condition, body });
  const [all, ...last] = results.slice(ends ? 3 : 2);
  return { all: all!, last };

  function bodyOf(given: readonly LiteTensor[]): LiteGraph {
    const b = liteEmitter();
    b.name("turn");
    const form = formOf(b);
    const [place, source] = given as [LiteTensor, LiteTensor];
    const length = ends && given[2];
    const [written, ...held] = given.slice(ends ? 3 : 2);
    const order = Array.from({ length: steps }, (_, at) => at);
    const one = reshape(b, place, [1]);
    const places = binary(b, "ADD", one, ints(b, order));
    const entries = driven(form, entriesOf(b, source, places)).map((group) => form.unstacked(group, time));
    const answers: LiteTensor[] = [];
    let now: readonly LiteTensor[] = held;
    for (const at of backward ? order.toReversed() : order) {
      const t = length && binary(b, "ADD", place, scalar(b, "INT32", at));
      const read = entries.map((group) => group[at]!);
      const made = step(form, read, t ?? at, now, length);
      now = made.states;
      answers[at] = made.said;
    }
    const starts = Array.from({ length: written!.dims.length }, (_, axis) =>
      axis === time ? one : ints(b, [0]),
    );
    const operands = [written!, form.stacked(answers, time), concat(b, starts, 0)];
    const after = b.emit("DYNAMIC_UPDATE_SLICE", operands, written!);
    const next = binary(b, "ADD", place, scalar(b, "INT32", backward ? -steps : steps));
    return {
      inputs: given,
      outputs: [next, ...given.slice(1, ends ? 3 : 2), after, ...now],
      operators: b.operators,
    };
  }
}

/** Whether there are places left. */
function conditionOf(given: readonly LiteTensor[], backward: boolean, count: number): LiteGraph {
  const e = liteEmitter();
  const bound = scalar(e, "INT32", backward ? -1 : count);
  const goes = compare(e, backward ? "GREATER" : "LESS", given[0]!, bound);
  return { inputs: given, outputs: [goes], operators: e.operators };
}
