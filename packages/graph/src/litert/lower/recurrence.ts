import { recurrenceRefusal, unrolled, type RecurrenceForm } from "../../unrolled-recurrence.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { floating, plain, type LiteCall, type LiteLowering, type LiteRule } from "../lowering.ts";
import { binary, cast, compare, concat, dense, reshape, scalar, select, unary } from "../primitive.ts";
import { loopedSteps } from "./loop.ts";

const FUNCTIONS = { sigmoid: "LOGISTIC", tanh: "TANH", relu: "RELU" } as const satisfies Record<
  string,
  LiteOpName
>;

/** What LiteRT does with the tensors of a recurrent layer. */
function formOf(e: LiteEmitter, call?: LiteCall): RecurrenceForm<LiteTensor> {
  return {
    input: (at) => plain(call!, at),
    constant: (values, dims) => e.constant("FLOAT32", values, dims),
    add: (a, b) => binary(e, "ADD", a, b),
    sub: (a, b) => binary(e, "SUB", a, b),
    mul: (a, b) => binary(e, "MUL", a, b),
    apply: (name, x) => unary(e, FUNCTIONS[name], x),
    dense: (x, weight, bias) => dense(e, x, weight, bias),
    above: (x, bound) =>
      compare(e, "GREATER", x, typeof bound === "number" ? scalar(e, x.type, bound) : cast(e, bound, x.type)),
    select: (condition, a, b) => select(e, condition, a, b),
    parts: (x, count) => {
      if (count === 1) return [x];
      const shape = { type: x.type, dims: [...x.dims.slice(0, -1), x.dims.at(-1)! / count], open: x.open };
      const shapes = Array.from({ length: count }, () => shape);
      const inputs = [scalar(e, "INT32", x.dims.length - 1), x];
      return e.apply("SPLIT", inputs, shapes, { num_splits: count });
    },
    unstacked: (x, axis) => {
      const shape = { type: x.type, dims: x.dims.toSpliced(axis, 1), open: x.open.toSpliced(axis, 1) };
      const shapes = Array.from({ length: x.dims[axis]! }, () => shape);
      return e.apply("UNPACK", [x], shapes, { num: shapes.length, axis });
    },
    stacked: (list, axis) => {
      const [first] = list as readonly [LiteTensor];
      const shape = {
        type: first.type,
        dims: first.dims.toSpliced(axis, 0, list.length),
        open: first.open.toSpliced(axis, 0, false),
      };
      return e.emit("PACK", list, shape, { values_count: list.length, axis });
    },
    concat: (list, axis) => concat(e, list, axis),
    reshape: (x, dims, openAt) => reshape(e, x, dims, openAt),
    ...(call?.e.loops && { looped: (loop) => loopedSteps(e, formOf, loop) }),
  };
}

const recurrent = (op: "GRU" | "LSTM" | "RNN"): LiteLowering =>
  floating((call) => recurrenceRefusal(call) ?? unrolled(op, call, formOf(call.e, call)), 1);

/** How recurrent layers are written: step by step, since a file of LiteRT keeps the state of its own kernel between calls. */
export const RECURRENCE_RULES = {
  GRU: recurrent("GRU"),
  LSTM: recurrent("LSTM"),
  RNN: recurrent("RNN"),
} satisfies Record<string, LiteRule>;
