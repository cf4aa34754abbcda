import type { Value } from "@tideline/graph";
import { illegalOption } from "../check-option.ts";
import type { Layer, NetScope } from "../net.ts";
import { FORMS } from "./convolution.ts";
import { defineLayer, layerTitle, rowDims } from "./define-layer.ts";
import { windowAttributes, type WindowOptions } from "./window.ts";

/** What pooling takes; its stride is the window's size by default. */
export interface PoolOptions extends WindowOptions {
  /** Numbers of a window along each axis. */
  readonly size: number;
}

/** One number for each window: the largest, or the mean of those inside the series. */
export function pool(kind: string, axes: 1 | 2, op: "MaxPool" | "AveragePool", options: PoolOptions): Layer {
  const who = `${kind} layer`;
  const { dilations, ...window } = windowAttributes(who, axes, options.size, options, options.size);
  if (dilations.some((dilation) => dilation !== 1))
    throw illegalOption(who, "dilation", "1", String(dilations[0]));
  for (const [axis, pad] of window.pads.entries())
    if (pad >= options.size)
      throw illegalOption(
        who,
        "padding",
        `less than the window of ${options.size}`,
        String(window.pads[axis]),
      );
  return defineLayer(kind, (scope: NetScope, x: Value) => {
    const [, ...lengths] = rowDims(kind, scope, x, FORMS[axes], (dims) => dims.length === axes + 1);
    for (const [axis, length] of lengths.entries()) {
      const padded = length + window.pads[axis]! + window.pads[axis + axes]!;
      if (padded < options.size)
        throw illegalOption(
          layerTitle(kind, scope),
          "size",
          `a window of at most ${padded}, the padded length`,
          String(options.size),
        );
    }
    return scope.g.op(op, [x], window);
  });
}
