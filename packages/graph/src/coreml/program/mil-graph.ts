import type { MilType, MilValues } from "./mil-type.ts";

/** A value of a MIL program: its length in a batch of one, and which axes follow the batch. */
export interface MilTensor {
  readonly name: string;
  readonly type: MilType;
  readonly dims: readonly number[];
  readonly open: readonly boolean[];
  /** Its numbers, where it is a constant. */
  readonly values?: MilValues;
}

/** What an operator takes by one of its names: a value, several, or a text (such as a mode), which is always constant. */
export type MilArgument = MilTensor | readonly MilTensor[] | string;

/** An application of an operator of MIL, its inputs by name; undefined where one is left out. */
export interface MilOperator {
  readonly op: string;
  readonly inputs: Readonly<Record<string, MilArgument | undefined>>;
  readonly outputs: readonly MilTensor[];
}

/** A program before it is laid out; tensors are themselves their identity. */
export interface MilGraph {
  readonly inputs: readonly MilTensor[];
  readonly outputs: readonly MilTensor[];
  /** In the order in which they run. */
  readonly operators: readonly MilOperator[];
}

/** The values that an operator takes. */
function operandsOf({ inputs }: MilOperator): readonly MilTensor[] {
  return Object.values(inputs).flatMap((argument) =>
    argument === undefined || typeof argument === "string" ? [] : argument,
  );
}

/** The operator with its values replaced. */
export function withOperands(
  operator: MilOperator,
  replace: (tensor: MilTensor, name: string) => MilTensor,
): MilOperator {
  const inputs = Object.fromEntries(
    Object.entries(operator.inputs).map(([name, argument]) => {
      if (argument === undefined || typeof argument === "string") return [name, argument];
      const list = Array.isArray(argument) ? (argument as readonly MilTensor[]) : undefined;
      return [name, list ? list.map((one) => replace(one, name)) : replace(argument as MilTensor, name)];
    }),
  );
  return { ...operator, inputs };
}

/** The graph's operators that its outputs need, in order. */
export function withoutDead(graph: MilGraph): MilGraph {
  const wanted = new Set<MilTensor>(graph.outputs);
  const operators = graph.operators
    .toReversed()
    .filter((operator) => {
      const needed = operator.outputs.some((tensor) => wanted.has(tensor));
      if (needed) for (const tensor of operandsOf(operator)) wanted.add(tensor);
      return needed;
    })
    .toReversed();
  return { ...graph, operators };
}
