import { recurrenceRefusal, unrolled, type RecurrenceForm } from "../../../unrolled-recurrence.ts";
import type { MilEmitter } from "../emitter.ts";
import { floating, plain, type MilCall, type MilLowering, type MilRule } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import {
  binary,
  compare,
  concat,
  dense,
  int,
  ints,
  reshape,
  scalar,
  select,
  stack,
  unary,
} from "../primitive.ts";
import { lstmLayer } from "./lstm-layer.ts";

/** Parts of an axis, all of one length. */
function parts(e: MilEmitter, x: MilTensor, count: number, axis = x.dims.length - 1): readonly MilTensor[] {
  if (count === 1) return [x];
  const shape = { type: x.type, dims: x.dims.with(axis, x.dims[axis]! / count), open: x.open };
  const shapes = Array.from({ length: count }, () => shape);
  return e.apply("split", { x, num_splits: int(e, count), axis: int(e, axis) }, shapes);
}

/** What MIL does with the tensors of a recurrent layer. */
function formOf(call: MilCall): RecurrenceForm<MilTensor> {
  const { e } = call;
  return {
    input: (at) => plain(call, at),
    constant: (values, dims) => e.constant("fp32", values, dims),
    add: (a, b) => binary(e, "add", a, b),
    sub: (a, b) => binary(e, "sub", a, b),
    mul: (a, b) => binary(e, "mul", a, b),
    apply: (name, x) => unary(e, name, x),
    dense: (x, weight, bias) => dense(e, x, weight, bias),
    above: (x, bound) =>
      compare(e, "greater", x, typeof bound === "number" ? scalar(e, "int32", bound) : bound),
    select: (condition, a, b) => select(e, condition, a, b),
    parts: (x, count) => parts(e, x, count),
    unstacked: (x, axis) => {
      const shape = { type: x.type, dims: x.dims.toSpliced(axis, 1), open: x.open.toSpliced(axis, 1) };
      return parts(e, x, x.dims[axis]!, axis).map((part) =>
        e.emit("squeeze", { x: part, axes: ints(e, [axis]) }, shape),
      );
    },
    stacked: (list, axis) => stack(e, list, axis),
    concat: (list, axis) => concat(e, list, axis),
    reshape: (x, dims, openAt) => reshape(e, x, dims, openAt),
  };
}

const recurrent = (op: "GRU" | "RNN"): MilLowering =>
  floating((call) => recurrenceRefusal(call) ?? unrolled(op, call, formOf(call)), 1);

/**
 * How recurrent layers are written. An LSTM is one operator, unless rows end early; a GRU goes step by step, since MIL's
 * own has one bias where ONNX and Keras have two, and reads its gates in an order that its documentation says twice.
 */
export const RECURRENCE_RULES = {
  GRU: recurrent("GRU"),
  LSTM: floating(
    (call) => recurrenceRefusal(call) ?? lstmLayer(call) ?? unrolled("LSTM", call, formOf(call)),
    1,
  ),
  RNN: recurrent("RNN"),
} satisfies Record<string, MilRule>;
