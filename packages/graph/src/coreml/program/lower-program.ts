import { bindDims } from "../../bind-dims.ts";
import { refused, walkKnown, wholeReason, type RefusalReason } from "../../known-walk.ts";
import { elementCount, type OnnxModel } from "../../onnx.ts";
import { milEmitter } from "./emitter.ts";
import { tensorOf, untyped, type MilHeld, type MilRule } from "./lowering.ts";
import type { MilGraph, MilTensor } from "./mil-graph.ts";
import { milTypeOf } from "./mil-type.ts";
import { cast, reshape } from "./primitive.ts";
import { MIL_RULES } from "./registry.ts";

/** A graph of MIL's operators, or all reasons why there is none. */
export type LoweredProgram =
  | {
      readonly graph: MilGraph;
      /** Whether an app may choose the batch. */
      readonly flexible: boolean;
    }
  | { readonly reasons: readonly RefusalReason[] };

const RULES: Readonly<Record<string, MilRule>> = MIL_RULES;

/** The most axes of a multi-array, and of what most operators take. */
const MOST_AXES = 5;

/** What keeps a value out of a program, whatever is done with it. */
function unfit(value: { readonly dims: readonly number[] }): ReturnType<typeof refused> | undefined {
  if (elementCount(value.dims) === 0) return refused("an empty tensor", "none");
  if (value.dims.length > MOST_AXES)
    return refused(
      `a tensor of ${value.dims.length} axes, of which Core ML has 5`,
      "axes joined by a Reshape",
    );
  return undefined;
}

/** A graph as operators of MIL, with the batch as long as an app wants where that can be said, else of one. */
export function lowerProgram(
  model: OnnxModel,
  { lengths, oneRow }: { readonly lengths: Readonly<Record<string, number>>; readonly oneRow: boolean },
): LoweredProgram {
  const given = Object.keys(lengths).length === 0 ? model : bindDims(model, lengths);
  const behind = given.graph.inputs.flatMap(({ dims }) =>
    dims.slice(1).filter((dim) => typeof dim === "string"),
  );
  if (behind.length > 0) {
    const list = [...new Set(behind)].join(", ");
    return { reasons: [wholeReason(`lengths ${list} are not known`, "a number for each, in `lengths`")] };
  }
  const firsts = given.graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === "string"));
  const names = new Set(firsts);
  if (names.size === 0) return lowerWith(given, given)!;
  const one = bindDims(given, Object.fromEntries([...names].map((name) => [name, 1])));
  return (oneRow ? undefined : lowerWith(given, one)) ?? lowerWith(one, one)!;
}

/** `named` has the batch as a name, `one` a batch of one; undefined where the first cannot be written. */
function lowerWith(named: OnnxModel, one: OnnxModel): LoweredProgram | undefined {
  const e = milEmitter();
  const inputs: MilTensor[] = [];
  const walked = walkKnown<MilHeld>(named, one, {
    input({ name }, value) {
      const { elementType, dims, open } = value;
      if (elementType === "string")
        return refused(
          `input "${name}" is text`,
          "the classic form (`writeMlModel`), or codes of a dictionary",
        );
      if (elementType === "float64")
        return refused(
          `input "${name}" is float64`,
          "float32: the app takes the difference from a fixed number first",
        );
      const type = milTypeOf(elementType);
      if (type === undefined) return refused(`input "${name}" is ${elementType}`, "float32 or int32");
      if (dims.length === 0) return refused(`input "${name}" has no axes`, "an axis of length 1");
      const wrong = unfit(value);
      if (wrong) return refused(`input "${name}" is ${wrong.unsupported}`, wrong.instead);
      if (open.filter(Boolean).length > 1)
        return refused(`input "${name}" has several lengths of the batch`, "another shape");
      // Truths come in as numbers, which is what multi-arrays hold.
      const end: MilTensor = { name, type: type === "bool" ? "int32" : type, dims, open };
      inputs.push(end);
      e.name(name);
      return { held: cast(e, end, type) };
    },
    node(node, call) {
      const strange = untyped([...call.inputs, ...call.outputs]);
      if (strange) return strange;
      const rule = RULES[node.op];
      if (typeof rule !== "function") return rule!;
      for (const value of [...call.inputs, ...call.outputs]) {
        const wrong = value && unfit(value);
        if (wrong) return wrong;
      }
      e.name(node.outputs.find((name) => name !== "")!);
      const made = rule({ ...call, e });
      return "unsupported" in made ? made : made.map((held) => ({ held }));
    },
  });
  if ("unsupported" in walked) return undefined;
  if ("reasons" in walked) return walked;
  if (inputs.length === 0) return { reasons: [wholeReason("it has no inputs", "a model with one")] };
  const taken = new Set<MilTensor>(inputs);
  const outputs: MilTensor[] = [];
  for (const [at, value] of walked.outputs.entries()) {
    const { name, elementType } = named.graph.outputs[at]!;
    const wrong = untyped([value]) ?? unfit(value);
    if (wrong) return { reasons: [wholeReason(`output "${name}": ${wrong.unsupported}`, wrong.instead)] };
    e.name(name);
    const whole = cast(e, tensorOf(e, value), milTypeOf(elementType) === "fp32" ? "fp32" : "int32");
    const shaped = whole.dims.length === 0 ? reshape(e, whole, [1], undefined) : whole;
    const maker = e.makerOf(shaped);
    // An end of its own, of what is an input, a constant, another output, or one of several results.
    const own = maker !== undefined && maker.outputs.length === 1 && !taken.has(shaped);
    const end = own ? shaped : e.emit("identity", { x: shaped }, shaped);
    taken.add(end);
    outputs.push(end);
  }
  if (e.overflows()) return { reasons: [wholeReason("whole numbers of more than 32 bits", "int32")] };
  return {
    graph: { inputs, outputs, operators: e.operators },
    flexible: inputs.some(({ open }) => open.includes(true)),
  };
}
