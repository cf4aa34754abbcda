import { BATCH, rowDims, type ClassicCall } from "./classic-call.ts";
import type { ClassicValue, Score } from "./classic-value.ts";
import type { Cell } from "./cell.ts";
import { refusal } from "./classic-reason.ts";

/**
 * An operator that only moves numbers: the places of two rows' items are moved, and each has to stay in its row.
 *
 * @param ofConstant a constant that is moved among them, as an item
 */
export function moved<Item extends Cell | Score>(
  call: ClassicCall,
  ofConstant: (value: number) => Item,
  kind: "cells" | "scores" = "cells",
): readonly Extract<ClassicValue, { kind: "cells" }>[] {
  const { definition, attributes, outputs } = call.inferred;
  const items: Item[] = [];
  const rowOf: number[] = [];
  const add = (item: Item, row: number): number => {
    rowOf.push(row);
    return items.push(item) - 1;
  };
  const parametersFrom = call.node.op === "Concat" ? Number.POSITIVE_INFINITY : 1;
  const tensors = call.inputs.map((input, at) => {
    if (input === undefined) return undefined;
    if (input.kind === kind) {
      const list = input.items as readonly unknown[] as readonly Item[];
      const values = Array.from({ length: BATCH * list.length }, (_, place) =>
        add(list[place % list.length]!, Math.floor(place / list.length)),
      );
      return {
        elementType: "float32" as const,
        dims: [BATCH, ...input.dims],
        values: Float64Array.from(values),
      };
    }
    if (input.kind !== "constant") throw refusal("it moves what are no columns", "another form", call.node);
    const parameter = at >= parametersFrom;
    const values = Float64Array.from(input.values, (value) =>
      parameter ? Number(value) : add(ofConstant(Number(value)), -1),
    );
    return { elementType: parameter ? ("int64" as const) : ("float32" as const), dims: input.dims, values };
  });
  const concrete = outputs.map(({ elementType, dims }) => ({ elementType, dims: dims as readonly number[] }));
  const results = definition.evaluate({ inputs: tensors, attributes, outputs: concrete });
  return call.node.outputs.map((_, at) => {
    const dims = rowDims(call, at);
    const places = results[at]!;
    const width = places.length / BATCH;
    const made = Array.from({ length: width }, (__, place) => {
      const [one, other] = [places[place]!, places[place + width]!];
      const stays =
        items[one] === items[other] || (rowOf[one] === -1 && rowOf[other] === -1 && one === other);
      if (!stays || rowOf[one] === 1 || rowOf[other] === 0)
        throw refusal("it moves numbers from row to row", "a graph of single rows", call.node);
      return items[one]!;
    });
    return { kind: "cells", dims, items: made as readonly unknown[] as readonly Cell[] };
  });
}
