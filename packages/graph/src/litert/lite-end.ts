import type { OnnxGraph } from "../onnx.ts";
import type { LiteEmitter } from "./emitter.ts";
import type { LiteTensor } from "./lite-graph.ts";

/** An input or output of a file. */
export interface LiteEnd {
  readonly name: string;
  readonly tensor: LiteTensor;
  /** The end that it is the smaller half of. */
  readonly lowOf?: string;
}

/** Names for the smaller halves of float64 ends: that of the end and `_low`, with more of that where it is taken. */
export function lowNames({ inputs, outputs }: OnnxGraph): (name: string) => string {
  const taken = new Set([...inputs, ...outputs].map(({ name }) => name));
  return (name) => {
    let own = `${name}_low`;
    while (taken.has(own)) own += "_low";
    taken.add(own);
    return own;
  };
}

/**
 * A tensor that the app may read: one of its own, of what is an input, a constant or read in parts.
 *
 * @param e where operators are written
 * @param ended what the app asks for
 * @param ends the file's ends so far: a tensor that is one of them has a name already
 */
export function ownEnd(e: LiteEmitter, ended: LiteTensor, ends: readonly LiteEnd[]): LiteTensor {
  // The kernel of SLICE keeps an end to one row; that of TOPK_V2 takes no memory of the app's for what it gives.
  const maker = e.makerOf(ended)?.op;
  const cut = (maker === "SLICE" && ended.open.includes(true)) || maker === "TOPK_V2";
  if (!cut && ended.values === undefined && ends.every(({ tensor }) => tensor !== ended)) return ended;
  const open = ended.open.indexOf(true);
  const lengths = e.constant(
    "INT32",
    ended.dims.map((dim, axis) => (axis === open ? -1 : dim)),
    [ended.dims.length],
  );
  return e.emit("RESHAPE", [ended, lengths], ended);
}
