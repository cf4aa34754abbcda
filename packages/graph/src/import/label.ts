import type { MlCall, MlValue } from "./ml-call.ts";

/** Makes labels by place the node's first output: numbers themselves, texts by their place. */
export function labelled(
  { op, constant, result, node, classes }: MlCall,
  place: MlValue,
  labels: readonly number[] | readonly string[],
): void {
  const numbers = labels.filter((label) => typeof label === "number");
  const texts = labels.map(String);
  if (numbers.length < labels.length) {
    classes(texts);
    if (node.outputs[0]) result(0, place, texts);
    return;
  }
  // What cannot be read off places, or off two shares, is said in the file, for formats that name classes.
  const isPlace = numbers.every((label, at) => label === at);
  if (!isPlace || labels.length === 2) classes(texts);
  if (node.outputs[0])
    result(0, isPlace ? place : op("Gather", [constant("int64", numbers), place], { axis: 0 }));
}
