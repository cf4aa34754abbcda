import { float16Bits, toFloat16 } from "../../float16.ts";
import { LARGEST_HALF } from "../../half-range.ts";
import { withOperands, type MilGraph, type MilOperator, type MilTensor } from "./mil-graph.ts";

/** Constants of so few numbers may be there to keep others from 0; in larger ones a 0 more is none the worse. */
const FEW = 400;

/**
 * Operators that compute in single precision: on every system that we write for, or because half precision is wrong on some. The Neural
 * Engine's softplus of half precision is 0 from 10.4 on (https://github.com/apple/coremltools/issues/2687).
 */
const SINGLE: ReadonlySet<string> = new Set(["lstm", "softplus"]);

/** Where a number only bounds others, which are no larger than half precision says. */
const BOUNDS: ReadonlySet<string> = new Set(["alpha", "beta", "constant_val"]);
const bounds = (op: string, name: string): boolean =>
  op === "maximum" || op === "minimum" || ((op === "clip" || op === "pad") && BOUNDS.has(name));

/** A program in half precision, its ends in single. */
export interface Halved {
  readonly graph: MilGraph;
  /** Operators with a constant beyond what half precision holds. */
  readonly tooLarge: readonly string[];
  /** Constants with numbers below the smallest of half precision: those of few numbers take that one, larger ones 0. */
  readonly tooSmall: number;
}

const isSingle = ({ type }: MilTensor): boolean => type === "fp32";

/** The program with every number of single precision in half; what needs single precision is cast to it and back. */
export function halved(graph: MilGraph): Halved {
  const narrow = new Map<MilTensor, MilTensor>();
  const wide = new Map<MilTensor, MilTensor>();
  const operators: MilOperator[] = [];
  const tooLarge = new Set<string>();
  let tooSmall = 0;

  const castTo = (x: MilTensor, type: "fp16" | "fp32", name = `${x.name}_to_${type}`): MilTensor => {
    const { values: _, ...rest } = x;
    const result: MilTensor = { ...rest, name, type };
    operators.push({ op: "cast", inputs: { x, dtype: type }, outputs: [result] });
    return result;
  };
  const halfConstant = (tensor: MilTensor, op: string, name: string): MilTensor => {
    const found = narrow.get(tensor);
    if (found !== undefined) return found;
    const given = tensor.values as Float32Array;
    const bounded = bounds(op, name);
    const values = bounded
      ? given.map((value) =>
          Number.isFinite(value) ? Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, value)) : value,
        )
      : given;
    let small = false;
    for (const value of values) {
      const bits = float16Bits(value);
      if (Number.isFinite(value) && (bits & 0x7fff) === 0x7c00) tooLarge.add(op);
      small ||= value !== 0 && (bits & 0x7fff) === 0;
    }
    if (small) tooSmall += 1;
    const bits = toFloat16(values);
    // What keeps a divisor or a logarithm from 0 must not be 0.
    if (small && values.length <= FEW)
      for (const [at, value] of values.entries())
        if (value !== 0 && (bits[at]! & 0x7fff) === 0) bits[at]! |= 1;
    const half: MilTensor = { ...tensor, type: "fp16", values: bits };
    // A bound elsewhere may be a number here.
    if (!bounded) narrow.set(tensor, half);
    return half;
  };
  const halfOf = (tensor: MilTensor, op: string, name: string): MilTensor => {
    if (!isSingle(tensor)) return tensor;
    if (tensor.values !== undefined) return halfConstant(tensor, op, name);
    const found = narrow.get(tensor);
    if (found !== undefined) return found;
    const half = castTo(tensor, "fp16");
    narrow.set(tensor, half);
    return half;
  };
  const singleOf = (tensor: MilTensor): MilTensor => {
    if (!isSingle(tensor) || tensor.values !== undefined) return tensor;
    const found = wide.get(tensor) ?? castTo(narrow.get(tensor) ?? tensor, "fp32");
    wide.set(tensor, found);
    return found;
  };

  for (const operator of graph.operators) {
    if (SINGLE.has(operator.op)) {
      operators.push(withOperands(operator, singleOf));
      continue;
    }
    const { op, inputs, outputs } = operator;
    const dtype = op === "cast" && inputs["dtype"] === "fp32" ? { dtype: "fp16" } : {};
    const next = withOperands(operator, (tensor, name) => halfOf(tensor, op, name));
    const results = outputs.map((tensor) => {
      if (!isSingle(tensor)) return tensor;
      const half: MilTensor = { ...tensor, type: "fp16" };
      narrow.set(tensor, half);
      return half;
    });
    operators.push({ ...next, inputs: { ...next.inputs, ...dtype }, outputs: results });
  }
  const outputs = graph.outputs.map((tensor) =>
    isSingle(tensor) && narrow.has(tensor) ? castTo(narrow.get(tensor)!, "fp32", tensor.name) : tensor,
  );
  return { graph: { ...graph, outputs, operators }, tooLarge: [...tooLarge], tooSmall };
}
