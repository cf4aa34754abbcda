import { oneOf } from "../check-option.ts";
import { normal } from "../initialiser.ts";
import type { Layer } from "../net.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/** What {@link position} takes. */
export interface PositionOptions {
  /** "sine": fixed waves of rising length; "trained": numbers of each place. Default "sine". */
  readonly form?: "sine" | "trained";
}

const KINDS = { sine: true, trained: true } as const;

/** The longest wave is this many times 2 pi steps (A. Vaswani et al., 2017, sec. 3.5). */
const LONGEST = 10_000;

function waves(steps: number, width: number): Float32Array {
  return Float32Array.from({ length: steps * width }, (_, at) => {
    const [step, place] = [Math.floor(at / width), at % width];
    const angle = step / LONGEST ** ((2 * Math.floor(place / 2)) / width);
    return place % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}

/**
 * Adds to each step of [batch, steps, width] numbers that say where it stands.
 *
 * @throws DEFINITION_ILLEGAL for another form of positions or of the input.
 */
export function position({ form = "sine" }: PositionOptions = {}): Layer {
  oneOf("position layer", "form", KINDS, form);
  return defineLayer("position", (scope, x) => {
    const wanted = "float32[batch, steps, width]";
    const [steps, width] = rowDims("position", scope, x, wanted, (dims) => dims.length === 2);
    const places =
      form === "sine"
        ? scope.g.constant(waves(steps!, width!), [steps!, width!])
        : scope.parameter("weight", [steps!, width!], normal(), { decay: false });
    return scope.g.op("Add", [x, places]);
  });
}
