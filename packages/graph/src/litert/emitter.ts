import { elementCount } from "../onnx.ts";
import type { LiteOpName } from "./lite-op.ts";
import type { LiteLoop, LiteOperator, LiteOptions, LiteTensor } from "./lite-graph.ts";
import { LITE_TYPES, type LiteType, type LiteValues } from "./lite-type.ts";

/** What an operator gives: its type, its shape in a batch of one, and which axes follow the batch. */
export type LiteShape = Pick<LiteTensor, "type" | "dims" | "open">;

/** Where lowering rules put operators. */
export interface LiteEmitter {
  /** Whether steps of a recurrence are to stand once, in a loop: a smaller file that takes longer. */
  readonly loops: boolean;
  readonly operators: readonly LiteOperator[];
  /** Tensors made from here on are named after this. */
  name(prefix: string): void;
  /** A constant; a small one stands once. */
  constant(type: LiteType, values: ArrayLike<number>, dims: readonly number[]): LiteTensor;
  /** An application with several results. */
  apply(
    op: LiteOpName,
    inputs: readonly (LiteTensor | undefined)[],
    outputs: readonly LiteShape[],
    options?: LiteOptions,
    loop?: LiteLoop,
  ): readonly LiteTensor[];
  /** An application with one result. */
  emit(
    op: LiteOpName,
    inputs: readonly (LiteTensor | undefined)[],
    output: LiteShape,
    options?: LiteOptions,
  ): LiteTensor;
  /** The operator that gives a tensor, where one does. */
  makerOf(tensor: LiteTensor): LiteOperator | undefined;
}

/** Constants of so few elements are compared and shared when they are made. */
const SMALL = 64;

/** No axis follows the batch. */
export const closed = (dims: readonly unknown[]): readonly boolean[] => dims.map(() => false);

/** Numbers as a type holds them. */
export function liteValues(type: LiteType, values: ArrayLike<number>): LiteValues {
  return LITE_TYPES[type].over(Array.from(values));
}

/** An empty emitter. */
export function liteEmitter(loops = false): LiteEmitter {
  const operators: LiteOperator[] = [];
  const makers = new Map<LiteTensor, LiteOperator>();
  const constants = new Map<string, LiteTensor>();
  const taken = new Map<string, number>();
  let prefix = "value";

  function fresh(): string {
    const count = taken.get(prefix) ?? 0;
    taken.set(prefix, count + 1);
    return count === 0 ? prefix : `${prefix}/${count}`;
  }

  const apply: LiteEmitter["apply"] = (op, inputs, shapes, options = {}, loop = undefined) => {
    const outputs = shapes.map(({ type, dims, open }): LiteTensor => ({ name: fresh(), type, dims, open }));
    const operator: LiteOperator = { op, inputs, outputs, options, ...(loop && { loop }) };
    operators.push(operator);
    for (const tensor of outputs) makers.set(tensor, operator);
    return outputs;
  };

  return {
    loops,
    operators,
    name: (text) => void (prefix = text),
    constant: (type, values, dims) => {
      const make = (): LiteTensor => ({
        name: `constant/${constants.size}/${elementCount(dims)}`,
        type,
        dims,
        open: closed(dims),
        values: liteValues(type, values),
      });
      // -0 and 0 print alike, and are not.
      const numbers = Array.from(values.length <= SMALL ? values : [], (v) => (Object.is(v, -0) ? "-0" : v));
      const key =
        values.length <= SMALL ? `${type}:${dims.join()}:${numbers.join()}` : `large:${constants.size}`;
      const tensor = constants.get(key) ?? make();
      constants.set(key, tensor);
      return tensor;
    },
    apply,
    emit: (op, inputs, output, options) => apply(op, inputs, [output], options)[0]!,
    makerOf: (tensor) => makers.get(tensor),
  };
}
