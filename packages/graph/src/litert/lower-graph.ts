import { bindDims } from "../bind-dims.ts";
import {
  ONE_BATCH,
  refused,
  walkKnown,
  wholeReason,
  type Refusal,
  type RefusalReason,
} from "../known-walk.ts";
import { elementCount, type OnnxGraph, type OnnxModel } from "../onnx.ts";
import { liteEmitter } from "./emitter.ts";
import { lowNames, ownEnd, type LiteEnd } from "./lite-end.ts";
import { withoutDead, type LiteGraph, type LiteTensor } from "./lite-graph.ts";
import { INPUT_SPAN } from "./double/span.ts";
import { constantPair, lowOf, pairOf } from "./double/pair.ts";
import { liteTypeOf } from "./lite-type.ts";
import { lowerDouble } from "./lower/double.ts";
import { plainValue, type LiteCall, type LitePlace, type LiteRule, type LiteValue } from "./lowering.ts";
import { identityOrder } from "./order.ts";
import { cast, transpose } from "./primitive.ts";
import { LITERT_RULES } from "./registry.ts";
import { sharedOperators } from "./share.ts";
import { stretchesOf } from "./stretch.ts";
import { turnsOf } from "./turn.ts";

/** A graph of LiteRT operators and what its tensors hold, or all reasons why there is none. */
export type Lowered =
  | {
      readonly graph: LiteGraph;
      /** The graph's inputs and outputs, by the names that the app knows. */
      readonly inputs: readonly LiteEnd[];
      readonly outputs: readonly LiteEnd[];
      /** Whether a runtime may resize the batch. */
      readonly resizable: boolean;
      /** Which value of the graph a tensor holds, with its axes in which order. */
      readonly values: ReadonlyMap<LiteTensor, { readonly name: string; readonly order: readonly number[] }>;
    }
  | { readonly reasons: readonly RefusalReason[] };

const RULES: Readonly<Record<string, LiteRule>> = LITERT_RULES;

/** Names of lengths that are no batch: not the first of an input, whose number must be given. */
function strangeNames({ inputs }: OnnxGraph): readonly string[] {
  const behind = inputs.flatMap(({ dims }) => dims.slice(1).filter((dim) => typeof dim === "string"));
  return [...new Set(behind)];
}

/** What a graph's ends are: integers of 64 bits become 32, which every interface of LiteRT takes. */
function endType(elementType: LiteValue["elementType"], wide: boolean): LiteTensor["type"] | undefined {
  const type = liteTypeOf(elementType);
  if (type === "FLOAT64") return "FLOAT32";
  return type === "INT64" && !wide ? "INT32" : type;
}

/**
 * A graph as operators of LiteRT, its layers as the runtime wants their axes.
 *
 * @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 */
export function lowerGraph(
  model: OnnxModel,
  {
    wideIntegers,
    lengths,
    loops,
  }: {
    readonly wideIntegers: boolean;
    readonly lengths: Readonly<Record<string, number>>;
    /** Whether steps of a recurrence stand once, in a loop. */
    readonly loops: boolean;
  },
): Lowered {
  const given = Object.keys(lengths).length === 0 ? model : bindDims(model, lengths);
  const strange = strangeNames(given.graph);
  if (strange.length > 0)
    return {
      reasons: [
        wholeReason(`lengths ${strange.join(", ")} are not known`, "a number for each, in `lengths`"),
      ],
    };
  const names = new Set(
    given.graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === "string")),
  );
  const one =
    names.size === 0 ? given : bindDims(given, Object.fromEntries([...names].map((name) => [name, 1])));
  const written = (turn: readonly number[]): Lowered => {
    const form = { wide: wideIntegers, loops, turn };
    const open = names.size === 0 ? ONE_BATCH : lowerWith(given, one, form);
    return (open === ONE_BATCH ? lowerWith(one, one, form) : open) as Lowered;
  };
  const first = written([]);
  return "reasons" in first ? first : turnsOf(given.graph).map(written).reduce(shorter, first);
}

/** The one whose operators go through memory in fewer stretches. */
function shorter(a: Lowered, b: Lowered): Lowered {
  if ("reasons" in a || "reasons" in b) return a;
  return stretchesOf(withoutDead(sharedOperators(b.graph))) <
    stretchesOf(withoutDead(sharedOperators(a.graph)))
    ? b
    : a;
}

/**
 * `named` has the batch as a name, `one` a batch of one; gives `ONE_BATCH` where the first cannot be written. Inputs of as many
 * axes as `turn` lie in that order from the start.
 */
function lowerWith(
  named: OnnxModel,
  one: OnnxModel,
  {
    wide,
    loops,
    turn,
  }: { readonly wide: boolean; readonly loops: boolean; readonly turn: readonly number[] },
): Lowered | Refusal {
  const e = liteEmitter(loops);
  const inputs: LiteEnd[] = [];
  const values = new Map<LiteTensor, { readonly name: string; readonly order: readonly number[] }>();
  const { graph } = named;
  const lowName = lowNames(graph);
  const walked = walkKnown<LitePlace>(named, one, {
    input({ name, elementType }, { dims, open }) {
      const type = endType(elementType, wide);
      if (type === undefined)
        return refused(
          `input "${name}" is ${elementType}`,
          elementType === "string"
            ? "int32 ids: the app looks texts up in the dictionary (`textDictionaries`)"
            : "float32 or int32",
        );
      if (elementCount(dims) === 0 || open.filter(Boolean).length > 1)
        return refused(`input "${name}" has no elements or several lengths of the batch`, "another shape");
      const tensor: LiteTensor = { name, type, dims, open };
      inputs.push({ name, tensor });
      e.name(name);
      const order = identityOrder(dims.length);
      values.set(tensor, { name, order });
      if (elementType !== "float64") {
        const typed = cast(e, tensor, liteTypeOf(elementType)!);
        if (dims.length !== turn.length) return { tensor: typed };
        const turned = transpose(e, typed, turn);
        values.set(turned, { name, order: turn });
        return { tensor: turned, order: turn };
      }
      const low: LiteTensor = { name: lowName(name), type, dims, open };
      inputs.push({ name: low.name, tensor: low, lowOf: name });
      const { high, ...double } = pairOf(e, tensor, low, INPUT_SPAN);
      return { tensor: high, order, double };
    },
    node(node, known) {
      const all = [...known.inputs, ...known.outputs];
      const untyped = all.find(
        (value) => value && value.elementType !== "float64" && liteTypeOf(value.elementType) === undefined,
      );
      if (untyped) return refused(`it has ${untyped.elementType}`, "int32, int64 or float32");
      if (known.outputs.some(({ dims }) => elementCount(dims) === 0))
        return refused("an empty tensor", "none");
      const rule = RULES[node.op]!;
      if (typeof rule !== "function") return rule;
      e.name(node.outputs.find((name) => name !== "")!);
      const call: LiteCall = { ...known, e };
      const double = all.some((value) => value?.elementType === "float64");
      const made = double ? lowerDouble(node.op, call, rule) : rule(call);
      if ("unsupported" in made) return made;
      return made.map((result, at): LitePlace => {
        const place =
          "tensor" in result
            ? result
            : { tensor: result, order: identityOrder(known.outputs[at]!.dims.length) };
        const name = node.outputs[at] ?? "";
        if (name !== "" && !values.has(place.tensor)) values.set(place.tensor, { name, order: place.order });
        return place;
      });
    },
  });
  if (!("outputs" in walked)) return walked;
  const outputs: LiteEnd[] = [];
  const endAs = (name: string, ended: LiteTensor, lowOf?: string): void => {
    const tensor = ownEnd(e, ended, [...inputs, ...outputs]);
    outputs.push(lowOf === undefined ? { name, tensor } : { name, tensor, lowOf });
  };
  for (const [at, value] of walked.outputs.entries()) {
    const { name } = graph.outputs[at]!;
    e.name(`${name}/end`);
    if (value.elementType !== "float64") {
      const inner = plainValue(e, value);
      endAs(name, cast(e, inner, endType(value.elementType, wide)!));
      continue;
    }
    const pair =
      value.tensor === undefined
        ? constantPair(e, value.constant!, value.dims)
        : { high: value.tensor, ...value.double! };
    endAs(name, pair.high);
    if (pair.low !== undefined) endAs(lowName(name), lowOf(e, pair), name);
  }
  return {
    graph: {
      inputs: inputs.map(({ tensor }) => tensor),
      outputs: outputs.map(({ tensor }) => tensor),
      operators: e.operators,
    },
    inputs,
    outputs,
    resizable: inputs.some(({ tensor }) => tensor.open.includes(true)),
    values,
  };
}
