import type { MilArgument, MilOperator, MilTensor } from "./mil-graph.ts";
import { MIL_TYPES, type MilType, type MilValues } from "./mil-type.ts";

/** What an operator gives: its type, its shape in a batch of one, and which axes follow the batch. */
export type MilShape = Pick<MilTensor, "type" | "dims" | "open">;

/** Inputs of an operator by name. */
export type MilInputs = Readonly<Record<string, MilArgument | undefined>>;

/** Where lowering rules put operators. */
export interface MilEmitter {
  readonly operators: readonly MilOperator[];
  /** Values made from here on are named after this. */
  name(prefix: string): void;
  /** A constant; a small one stands once. */
  constant(type: MilType, values: ArrayLike<number>, dims: readonly number[]): MilTensor;
  /** An application with several results. */
  apply(op: string, inputs: MilInputs, outputs: readonly MilShape[]): readonly MilTensor[];
  /** An application with one result. */
  emit(op: string, inputs: MilInputs, output: MilShape): MilTensor;
  /** The operator that gives a tensor, where one does. */
  makerOf(tensor: MilTensor): MilOperator | undefined;
  /** Whether a whole number was beyond 32 bits. */
  overflows(): boolean;
}

/** Constants of so few elements are compared and shared when they are made. */
const SMALL = 64;

/** Numbers as a type holds them; what is a typed array of that type already is not copied. */
function milValues(type: MilType, values: ArrayLike<number>): MilValues {
  if (type === "fp32" && values instanceof Float32Array) return values;
  return MIL_TYPES[type].over(values as readonly number[]);
}

/** An empty emitter. */
export function milEmitter(): MilEmitter {
  const operators: MilOperator[] = [];
  const makers = new Map<MilTensor, MilOperator>();
  const constants = new Map<string, MilTensor>();
  let prefix = "value";
  let overflow = false;

  const apply: MilEmitter["apply"] = (op, inputs, shapes) => {
    const outputs = shapes.map(({ type, dims, open }): MilTensor => ({ name: prefix, type, dims, open }));
    const operator: MilOperator = { op, inputs, outputs };
    operators.push(operator);
    for (const tensor of outputs) makers.set(tensor, operator);
    return outputs;
  };

  return {
    operators,
    name: (text) => void (prefix = text),
    constant: (type, values, dims) => {
      // -0 and 0 print alike, and are not.
      const numbers = Array.from(values.length <= SMALL ? values : [], (v) => (Object.is(v, -0) ? "-0" : v));
      const key =
        values.length <= SMALL ? `${type}:${dims.join()}:${numbers.join()}` : `large:${constants.size}`;
      const found = constants.get(key);
      if (found !== undefined) return found;
      const open = dims.map(() => false);
      const tensor: MilTensor = {
        name: `${prefix}_const`,
        type,
        dims,
        open,
        values: milValues(type, values),
      };
      constants.set(key, tensor);
      if (type === "int32")
        for (let at = 0; at < values.length; at++) overflow ||= values[at] !== tensor.values![at];
      return tensor;
    },
    apply,
    emit: (op, inputs, output) => apply(op, inputs, [output])[0]!,
    makerOf: (tensor) => makers.get(tensor),
    overflows: () => overflow,
  };
}
