import {
  intAttribute,
  intsAttribute,
  keepAll,
  keepAxis,
  keepValue,
  mayGo,
  tieAxes,
  type AxisPlaces,
  type AxisRule,
  type PlacedValue,
  type RuleCall,
} from "./axis-rule.ts";

/** An axis counted from the front. */
function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Ties the axes that a merged axis is made of: one of them may go on as its places, the others stay. */
function tieMerged(call: RuleCall, parts: readonly AxisPlaces[], merged: AxisPlaces, first: boolean): void {
  const lengths = parts.map((part) => part?.length ?? 0);
  const carrier = parts.findIndex((part, at) => lengths[at]! > 1 && (first || mayGo(call, part)));
  for (const [at, part] of parts.entries()) if (at !== carrier) keepAxis(call, part);
  if (carrier < 0 || merged === undefined) return keepAxis(call, merged);
  const inner = lengths.slice(carrier + 1).reduce((product, length) => product * length, 1);
  for (const [at, place] of merged.entries())
    call.partition.join(place, parts[carrier]![Math.floor(at / inner) % lengths[carrier]!]!);
}

/** Ties two runs of axes that hold the same numbers in the same order. */
function tieRuns(call: RuleCall, before: readonly AxisPlaces[], after: readonly AxisPlaces[]): void {
  if (before.length === 1 && after.length === 1) tieAxes(call, before[0], after[0]);
  else if (after.length === 1) tieMerged(call, before, after[0], false);
  // Of an axis that is divided the outer part goes: the heads of an attention, never a place of each head.
  else if (before.length === 1) tieMerged(call, after, before[0], true);
  else for (const axis of [...before, ...after]) keepAxis(call, axis);
}

/** The shortest runs, from the back, of equally many numbers; what is left in front has a length that is only named. */
function tieReshaped(call: RuleCall, x: PlacedValue, y: PlacedValue): void {
  let [left, right] = [x.axes.length, y.axes.length];
  while (left > 0 && right > 0) {
    let [from, to] = [left - 1, right - 1];
    let [size, goal] = [x.axes[from]?.length ?? NaN, y.axes[to]?.length ?? NaN];
    while (size < goal || size > goal) {
      const shorter = size < goal;
      const next: AxisPlaces = shorter ? x.axes[--from] : y.axes[--to];
      if (next === undefined) break;
      if (shorter) size *= next.length;
      else goal *= next.length;
    }
    if (size !== goal) break;
    tieRuns(call, x.axes.slice(from, left), y.axes.slice(to, right));
    [left, right] = [from, to];
  }
  // Lengths of 1 that are left over hold nothing.
  for (const axis of [...x.axes.slice(0, left), ...y.axes.slice(0, right)]) keepAxis(call, axis);
}

/** Reshape, Flatten, Squeeze and Unsqueeze; the lengths of a Reshape must be constant to be written anew. */
export const reshape: AxisRule = (call) => {
  const [x, shape] = call.inputs;
  if (call.node.op === "Reshape" && shape?.constant === undefined) return keepAll(call);
  keepValue(call, shape);
  tieReshaped(call, x!, call.outputs[0]!);
};

/** Axes in another order. */
export const transpose: AxisRule = (call) => {
  const [x] = call.inputs;
  const perm = intsAttribute(call.node, "perm") ?? x!.axes.map((_, axis) => x!.axes.length - 1 - axis);
  for (const [axis, from] of perm.entries()) tieAxes(call, x!.axes[from], call.outputs[0]!.axes[axis]);
};

/** Values one behind another along an axis. */
export const concat: AxisRule = (call) => {
  const y = call.outputs[0]!;
  const along = fromFront(intAttribute(call.node, "axis", 0), y.axes.length);
  const parts = call.inputs.map((input) => input!.axes[along]);
  const known = parts.every((part) => part !== undefined);
  for (const input of call.inputs)
    for (const [axis, places] of input!.axes.entries())
      if (axis !== along) tieAxes(call, places, y.axes[axis]);
      else if (!known) keepAxis(call, places);
  if (known) tieAxes(call, Int32Array.from(parts.flatMap((part) => [...part!])), y.axes[along]);
  else keepAxis(call, y.axes[along]);
};

/** A value in parts along an axis. */
export const split: AxisRule = (call) => {
  const [x, sizes] = call.inputs;
  const along = fromFront(intAttribute(call.node, "axis", 0), x!.axes.length);
  if (sizes !== undefined && sizes.constant === undefined) return keepAll(call);
  keepValue(call, sizes);
  let start = 0;
  for (const part of call.outputs)
    for (const [axis, places] of part.axes.entries())
      if (axis !== along || places === undefined) tieAxes(call, places, x!.axes[axis]);
      else tieAxes(call, places, x!.axes[axis]?.subarray(start, (start += places.length)));
};

/** Ties all axes but some, which stay in the input and the output. */
function passBut(call: RuleCall, kept: (axis: number) => boolean): void {
  const [x, ...settings] = call.inputs;
  for (const [axis, places] of x!.axes.entries()) {
    const after = call.outputs[0]!.axes[axis];
    if (!kept(axis)) tieAxes(call, places, after);
    else for (const one of [places, after]) keepAxis(call, one);
  }
  for (const value of [...settings, ...call.outputs.slice(1)]) keepValue(call, value);
}

/** Pooling: channels pass, positions stay. Positions that are asked for count channels, which then stay too. */
export const pool: AxisRule = (call) =>
  call.outputs.length > 1 ? keepAll(call) : passBut(call, (axis) => axis > 1);

/** Functions of a whole axis, or of that axis and those behind it: what they mix stays, for it cannot go unnoticed. */
export const mixAxis: AxisRule = (call) => {
  const rank = call.inputs[0]!.axes.length;
  const along = fromFront(intAttribute(call.node, "axis", -1), rank);
  const behind = call.node.op === "LayerNormalization";
  passBut(call, (axis) => axis === along || (behind && axis > along));
};

/** Parts of a value by bounds: axes without bounds pass. */
export const slice: AxisRule = (call) => {
  const [x, , , axes] = call.inputs;
  if (axes?.constant === undefined) return keepAll(call);
  const cut = new Set(Array.from(axes.constant, (axis) => fromFront(Number(axis), x!.axes.length)));
  passBut(call, (axis) => cut.has(axis));
};

/** Numbers around a value: axes that get none pass. */
export const pad: AxisRule = (call) => {
  const [x, pads, , axes] = call.inputs;
  if (pads?.constant === undefined || axes !== undefined) return keepAll(call);
  const { constant } = pads;
  passBut(call, (axis) => Number(constant[axis]) !== 0 || Number(constant[axis + x!.axes.length]) !== 0);
};

/** Sums, means and the like: what they go over stays. */
export const reduce: AxisRule = (call) => {
  const [x, axes] = call.inputs;
  const y = call.outputs[0]!;
  const listed =
    axes?.constant === undefined ? intsAttribute(call.node, "axes") : Array.from(axes.constant, Number);
  const keepdims = intAttribute(call.node, "keepdims", 1) !== 0;
  if (listed === undefined || (axes !== undefined && axes.constant === undefined)) return keepAll(call);
  keepValue(call, axes);
  const over = new Set(listed.map((axis) => fromFront(axis, x!.axes.length)));
  let at = 0;
  for (const [axis, places] of x!.axes.entries()) {
    if (!over.has(axis)) tieAxes(call, places, y.axes[at++]);
    else {
      keepAxis(call, places);
      if (keepdims) keepAxis(call, y.axes[at++]);
    }
  }
};

/** Rows of a table by their numbers: the rows stay, what a row holds passes. */
export const gather: AxisRule = (call) => {
  const [table, rows] = call.inputs;
  const y = call.outputs[0]!;
  const along = fromFront(intAttribute(call.node, "axis", 0), table!.axes.length);
  keepValue(call, rows);
  for (const [axis, places] of table!.axes.entries())
    if (axis === along) keepAxis(call, places);
    else tieAxes(call, places, y.axes[axis < along ? axis : axis - 1 + rows!.axes.length]);
  for (const places of y.axes.slice(along, along + rows!.axes.length)) keepAxis(call, places);
};

/** Normalisations with numbers for each channel, which is the second axis. */
export const channelNorm: AxisRule = (call) => {
  const [x, ...lists] = call.inputs;
  const y = call.outputs[0]!;
  // While it trains it gives statistics too.
  if (call.outputs.length > 1) return keepAll(call);
  const mixes = call.node.op === "InstanceNormalization";
  for (const [axis, places] of x!.axes.entries())
    if (mixes && axis > 1) for (const one of [places, y.axes[axis]]) keepAxis(call, one);
    else tieAxes(call, places, y.axes[axis]);
  for (const list of lists) if (list !== undefined) tieAxes(call, list.axes[0], x!.axes[1]);
};
