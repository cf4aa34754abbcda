import type { MlCall, MlValue } from "./ml-call.ts";

/** Makes labels by place the node's first output: numbers themselves, texts by their place. */
export function labelled(
  { op, constant, result, node }: MlCall,
  place: MlValue,
  labels: readonly number[] | readonly string[],
): void {
  if (!node.outputs[0]) return;
  const numbers = labels.filter((label) => typeof label === "number");
  if (numbers.length < labels.length) return result(0, place, labels.map(String));
  const isPlace = numbers.every((label, at) => label === at);
  result(0, isPlace ? place : op("Gather", [constant("int64", numbers), place], { axis: 0 }));
}
