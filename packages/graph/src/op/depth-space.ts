import { elementCount, formatType } from "../onnx.ts";
import { forEachIndex, offsetOf, productOf, quotientOf } from "../shape.ts";
import { illegal, type OpCall, type OpInput, type Tensor } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The type of images `[N, C, H, W]` whose blocks move between depth and space. */
export function blockType(call: OpCall, blocksize: number, towards: "depth" | "space"): OpInput {
  const [input] = call.inputs;
  const elementType = sharedType(call, "any type");
  const [n, c, h, w] = input!.dims;
  if (input!.dims.length !== 4) throw illegal(call.who, "input", "four dimensions", formatType(input!));
  if (blocksize < 1) throw illegal(call.who, "blocksize", "1 and more", String(blocksize));
  const dims =
    towards === "space"
      ? [n!, quotientOf(c!, blocksize ** 2), productOf([h!, blocksize]), productOf([w!, blocksize])]
      : [n!, productOf([c!, blocksize ** 2]), quotientOf(h!, blocksize), quotientOf(w!, blocksize)];
  if (!dims.every((dim) => dim !== undefined))
    throw illegal(call.who, "input", `lengths that blocks of ${blocksize} divide`, formatType(input!));
  return { elementType, dims };
}

/** Which element of `[N, C / b^2, H b, W b]` each of `[N, C, H, W]` is: blocks lie in depth, rows first. */
export function moveBlocks(
  from: Tensor,
  blocksize: number,
  mode: string,
  towards: "depth" | "space",
): Float64Array {
  const [n, c, h, w] = from.dims as [number, number, number, number];
  const channels = towards === "space" ? c / blocksize ** 2 : c;
  const deep = towards === "space" ? from.dims : [n, c * blocksize ** 2, h / blocksize, w / blocksize];
  const wide = towards === "space" ? [n, channels, h * blocksize, w * blocksize] : from.dims;
  const moved = new Float64Array(elementCount(from.dims));
  forEachIndex(deep, ([image, depth, row, column], flat) => {
    const block = mode === "CRD" ? depth! % blocksize ** 2 : Math.floor(depth! / channels);
    const channel = mode === "CRD" ? Math.floor(depth! / blocksize ** 2) : depth! % channels;
    const place = [
      image!,
      channel,
      row! * blocksize + Math.floor(block / blocksize),
      column! * blocksize + (block % blocksize),
    ];
    // An axis of length 1 is read at 0 by offsetOf, which is where it is.
    const spread = offsetOf(place, wide);
    if (towards === "space") moved[spread] = from.values[flat]!;
    else moved[flat] = from.values[spread]!;
  });
  return moved;
}
