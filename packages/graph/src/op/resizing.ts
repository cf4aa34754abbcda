import { formatDims, type Dim } from "../onnx.ts";
import {
  formatInputs,
  illegal,
  type AttributeRules,
  type OpCall,
  type ResolvedAttributes,
} from "./op-definition.ts";
import { COORDINATE_NAMES, NEAREST_NAMES, type AxisResizing } from "./resize-weight.ts";
import { axesOf, lengthsOf } from "./rule.ts";

/** The attributes of Resize. */
export const RESIZE_RULES = {
  antialias: { type: "int", default: 0 },
  axes: { type: "ints" },
  coordinate_transformation_mode: { type: "string", default: "half_pixel" },
  cubic_coeff_a: { type: "float", default: -0.75 },
  exclude_outside: { type: "int", default: 0 },
  extrapolation_value: { type: "float", default: 0 },
  keep_aspect_ratio_policy: { type: "string", default: "stretch" },
  mode: { type: "string", default: "nearest" },
  nearest_mode: { type: "string", default: "round_prefer_floor" },
} as const satisfies AttributeRules;

type Rules = typeof RESIZE_RULES;

const POLICIES = ["stretch", "not_larger", "not_smaller"];

function checkNames(call: OpCall<Rules>): void {
  const { attributes, who } = call;
  const one = (field: string, names: readonly string[], given: string): void => {
    if (!names.includes(given)) throw illegal(who, field, names.join(", "), given);
  };
  one("mode", ["nearest", "linear", "cubic"], attributes.mode);
  one("nearest_mode", NEAREST_NAMES, attributes.nearest_mode);
  one("keep_aspect_ratio_policy", POLICIES, attributes.keep_aspect_ratio_policy);
  one("coordinate_transformation_mode", COORDINATE_NAMES, attributes.coordinate_transformation_mode);
}

/** The axes that are resized, in the order in which scales, sizes and regions list them. */
function resizedAxes(call: OpCall<Rules>): readonly number[] {
  const { dims } = call.inputs[0]!;
  return axesOf(call, call.attributes.axes ?? dims.map((_, axis) => axis), dims.length);
}

/** An input that is there and not empty: up to opset 12 an empty one stood for one left out. */
function given(call: OpCall<Rules>, at: number): boolean {
  const input = call.inputs[at];
  return input !== undefined && input.dims[0] !== 0;
}

/** The lengths and scales of the resized axes. */
function scaled(
  call: OpCall<Rules>,
  axes: readonly number[],
): readonly { readonly to: Dim; readonly scale: number }[] {
  const { who, inputs, attributes } = call;
  const from = axes.map((axis) => inputs[0]!.dims[axis]!);
  if (given(call, 2) === given(call, 3))
    throw illegal(who, "scales and sizes", "one of them", given(call, 2) ? "both" : "none");
  const count = (name: string, list: readonly unknown[]): void => {
    if (list.length !== axes.length) throw illegal(who, name, `${axes.length} numbers`, String(list.length));
  };
  if (given(call, 2)) {
    const { constant, elementType } = inputs[2]!;
    if (constant === undefined || elementType !== "float32")
      throw illegal(
        who,
        "scales",
        "float32, constant since they decide the shape",
        formatInputs([inputs[2]]),
      );
    const scales = Array.from(constant);
    count("scales", scales);
    return scales.map((scale, at) => {
      const length = from[at]!;
      if (!(scale > 0)) throw illegal(who, "scales", "numbers above 0", String(scale));
      if (typeof length === "string") {
        if (scale === 1) return { to: length, scale };
        throw illegal(who, `axis ${axes[at]}`, "a known length", length);
      }
      // As runtimes have it, in float32.
      return { to: Math.floor(Math.fround(length * scale)), scale };
    });
  }
  const sizes = lengthsOf(call, 3, "sizes");
  count("sizes", sizes);
  const ratios = sizes.map((size, at) => {
    const length = from[at]!;
    if (size === length) return 1;
    if (typeof size === "number" && typeof length === "number" && size > 0 && length > 0)
      return size / length;
    throw illegal(who, "sizes", `lengths above 0 for ${formatDims(from)}`, formatDims(sizes));
  });
  const policy = attributes.keep_aspect_ratio_policy;
  if (policy === "stretch" || ratios.every((ratio) => ratio === 1))
    return sizes.map((to, at) => ({ to, scale: ratios[at]! }));
  const scale = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return from.map((length) => {
    if (typeof length === "string") throw illegal(who, "input", "known lengths", formatDims(from));
    return { to: Math.floor(scale * length + 0.5), scale };
  });
}

/** The shape of the result. */
export function resizedDims(call: OpCall<Rules>): readonly Dim[] {
  checkNames(call);
  const axes = resizedAxes(call);
  const each = scaled(call, axes);
  const region = call.inputs[1];
  if (call.attributes.coordinate_transformation_mode === "tf_crop_and_resize")
    if (region === undefined || region.dims[0] !== 2 * axes.length)
      throw illegal(call.who, "roi", `${2 * axes.length} numbers`, formatInputs([region]));
  return axes.reduce<readonly Dim[]>((dims, axis, at) => dims.with(axis, each[at]!.to), call.inputs[0]!.dims);
}

/**
 * How each axis is resized that is not kept as it is, where all is known. Where no length changes nothing is resized, whatever
 * the scale (1.2 keeps 3): ONNX Runtime copies then, and with antialiasing it does so axis by axis. A part that is cut out
 * is another matter, which ONNX Runtime copies too, against the standard.
 */
export function resizings(call: OpCall<Rules>): readonly (AxisResizing & { readonly axis: number })[] {
  const attributes: ResolvedAttributes<Rules> = call.attributes;
  const axes = resizedAxes(call);
  const { dims } = call.inputs[0]!;
  const coordinates = attributes.coordinate_transformation_mode;
  const crops = coordinates === "tf_crop_and_resize";
  const region = crops ? call.inputs[1]!.constant : undefined;
  if (crops && region === undefined)
    throw illegal(call.who, "roi", "a constant", "a value computed as the graph runs");
  const each = scaled(call, axes);
  const keepsAll = each.every(({ to }, at) => to === dims[axes[at]!]);
  return each.flatMap(({ to, scale }, at) => {
    const axis = axes[at]!;
    const from = dims[axis]!;
    const roi = [region?.[at] ?? 0, region?.[axes.length + at] ?? 1] as const;
    const isCut = crops && (roi[0] !== 0 || roi[1] !== 1);
    const isKept = scale === 1 || keepsAll || attributes.antialias !== 0;
    if (from === to && isKept && !isCut) return [];
    return [
      {
        axis,
        from: from as number,
        to: to as number,
        scale,
        roi,
        mode: attributes.mode,
        coordinates,
        nearest: attributes.nearest_mode,
        cubic: attributes.cubic_coeff_a,
        excludeOutside: attributes.exclude_outside !== 0,
        antialias: attributes.antialias !== 0,
      },
    ];
  });
}
