import type { ElementType } from "../element-type.ts";
import { refused, type KnownCall, type Refusal, type WalkedValue } from "../known-walk.ts";
import type { Pair } from "./double/pair.ts";
import { isIdentity } from "./order.ts";
import type { LiteEmitter } from "./emitter.ts";
import type { LiteTensor } from "./lite-graph.ts";
import { liteTypeOf, type LiteType } from "./lite-type.ts";
import { transpose } from "./primitive.ts";

/** What is known of a float64 beside its larger half: the smaller one, where it lies, and how it came about. */
export interface LiteDouble extends Omit<Pair, "high"> {
  readonly trace?:
    | { readonly kind: "quotient"; readonly of: Pair; readonly by: number }
    | {
        /** `floor(of / by)`, or that times `by`. */
        readonly kind: "floor" | "multiple";
        readonly of: LiteTensor;
        readonly by: number;
        /** `of - by * floor(of / by)` */
        readonly rest: Pair;
      };
}

/** Where a value of a graph lies. */
export interface LitePlace {
  /** The tensor, whose axis `i` is the value's axis `order[i]`: images lie as the runtime wants them. */
  readonly tensor: LiteTensor;
  readonly order?: readonly number[];
  /** Of a float64 with a tensor, which holds its larger half. */
  readonly double?: LiteDouble;
}

/** A value of our graph as the exporter knows it: its type, its numbers where constant, or the tensor that holds it. */
export type LiteValue = WalkedValue<LitePlace>;

/** What a rule gives for one output: a tensor in the value's own order of axes, or in another one. */
export type LiteResult =
  | LiteTensor
  | { readonly tensor: LiteTensor; readonly order: readonly number[]; readonly double?: LiteDouble };

/** A node to write. */
export interface LiteCall extends KnownCall<LitePlace> {
  readonly e: LiteEmitter;
}

/** Writes a node as operators of LiteRT, or says why it cannot. */
export type LiteLowering = (call: LiteCall) => readonly LiteResult[] | Refusal;

/** How an operator becomes operators of LiteRT, or why it does not. */
export type LiteRule = LiteLowering | Refusal;

export { axisOf, numberOf, numbersAt } from "../known-argument.ts";
export { ONE_BATCH, refused } from "../known-walk.ts";
export type { Refusal } from "../known-walk.ts";

/** The tensor of an input in the order of its own axes; a constant becomes one. */
export function plain({ e, inputs }: Pick<LiteCall, "e" | "inputs">, at: number): LiteTensor {
  return plainValue(e, inputs[at]!);
}

/** As {@link plain}, of any value. */
export function plainValue(e: LiteEmitter, value: LiteValue): LiteTensor {
  if (value.tensor === undefined)
    return e.constant(liteTypeOf(value.elementType)!, value.constant!, value.dims);
  const { order } = value;
  if (order === undefined || isIdentity(order)) return value.tensor;
  return transpose(
    e,
    value.tensor,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

/** The tensor of a value with its axes in a wanted order. */
export function inOrder(e: LiteEmitter, value: LiteValue, wanted: readonly number[]): LiteTensor {
  if (value.tensor === undefined) return transpose(e, plainValue(e, value), wanted);
  const order = value.order ?? wanted.map((_, axis) => axis);
  return transpose(
    e,
    value.tensor,
    wanted.map((axis) => order.indexOf(axis)),
  );
}

/** The type of LiteRT for an output. */
export function outputType({ outputs }: LiteCall, at = 0): LiteType {
  return liteTypeOf(outputs[at]!.elementType)!;
}

/** Kernels of LiteRT take these; narrower whole numbers only as what stands for fractions. */
const COMPUTED: ReadonlySet<ElementType> = new Set(["float32", "float16", "int32", "int64"]);

/** A rule for floating-point numbers only; `operands` says how many inputs are such, where not all are. */
export function floating(lower: LiteLowering, operands?: number): LiteLowering {
  return (call) => {
    const strange = call.inputs
      .slice(0, operands)
      .find((input) => input && !["float32", "float16"].includes(input.elementType));
    return strange
      ? refused(`it computes with ${strange.elementType}`, "a Cast to float32 before it")
      : lower(call);
  };
}

/** A rule for numbers that kernels compute with. */
export function numeric(lower: LiteLowering): LiteLowering {
  return (call) => {
    const strange = call.inputs.find((input) => input && !COMPUTED.has(input.elementType));
    if (strange === undefined) return lower(call);
    return refused(`it computes with ${strange.elementType}`, "a Cast to int32 or float32 before it");
  };
}
