import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { formatInputs, illegal, type OpCall, type Tensor } from "./op-definition.ts";

/** Wants indices with as many axes as the data, none longer than the data's apart from `axis`. */
export function checkElementIndices(call: OpCall, axis: number): void {
  const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
  const fits = indices.dims.every((dim, at) => {
    const whole = data.dims[at];
    return (
      at === axis || dim === whole || (typeof dim === "number" && typeof whole === "number" && dim <= whole)
    );
  });
  const whole = indices.elementType === "int64" || indices.elementType === "int32";
  if (!whole || indices.dims.length !== data.dims.length || !fits)
    throw illegal(
      call.who,
      "indices",
      "int64 or int32, with the data's axes, none longer",
      formatInputs([data, indices]),
    );
}

/** Visits every index element with the place in the data that it names. */
export function forEachElement(
  who: string,
  data: readonly number[],
  indices: Tensor,
  axis: number,
  visit: (place: number, flat: number) => void,
): void {
  const length = data[axis]!;
  forEachIndex(indices.dims, (index, flat) => {
    const at = fromFront(indices.values[flat]!, length);
    if (!(at >= 0 && at < length))
      throw illegal(who, "indices", `indices within an axis of ${length}`, String(indices.values[flat]));
    visit(offsetOf(index.with(axis, at), data), flat);
  });
}
