import { numberAt, optionalAt, tensorAt, textAt, type Kernel } from "./arguments.ts";
import {
  broken,
  countOf,
  placed,
  stridesOf,
  tensor,
  type ProgramTensor,
  type ProgramType,
} from "./tensor.ts";

/** The shape that several broadcast to. */
function commonShape(list: readonly ProgramTensor[]): readonly number[] {
  const rank = Math.max(...list.map(({ dims }) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    let length = 1;
    for (const { dims } of list) {
      const own = dims[axis - rank + dims.length] ?? 1;
      if (own === 1 || own === length) continue;
      if (length !== 1)
        throw broken("shapes", "lengths that broadcast", list.map((one) => `[${one.dims.join()}]`).join(" "));
      length = own;
    }
    return length;
  });
}

/** A tensor in the shape that it broadcasts to. */
function spread(x: ProgramTensor, dims: readonly number[]): Float64Array {
  if (x.dims.length === dims.length && x.values.length === countOf(dims)) return x.values;
  const lead = dims.length - x.dims.length;
  const strides = stridesOf(x.dims).map((stride, axis) => (x.dims[axis] === 1 ? 0 : stride));
  return placed(x, dims, (index) => {
    let place = 0;
    for (let axis = 0; axis < strides.length; axis++) place += strides[axis]! * index[axis + lead]!;
    return place;
  }).values;
}

function same(list: readonly ProgramTensor[]): ProgramType {
  const [first] = list as [ProgramTensor];
  const other = list.find(({ type }) => type !== first.type);
  if (other !== undefined) throw broken("types", first.type, other.type);
  return first.type;
}

const two =
  (compute: (x: number, y: number) => number, result?: ProgramType): Kernel =>
  (given) => {
    const [x, y] = [tensorAt(given, "x"), tensorAt(given, "y")];
    const type = same([x, y]);
    const dims = commonShape([x, y]);
    const [a, b] = [spread(x, dims), spread(y, dims)];
    const values = new Float64Array(a.length);
    for (let at = 0; at < values.length; at++) values[at] = compute(a[at]!, b[at]!);
    return tensor(result ?? type, dims, values);
  };

const test = (compare: (x: number, y: number) => boolean): Kernel =>
  two((x, y) => (compare(x, y) ? 1 : 0), "bool");

const one =
  (compute: (x: number) => number): Kernel =>
  (given) => {
    const x = tensorAt(given, "x");
    return tensor(x.type, x.dims, x.values.map(compute));
  };

/** With numbers that the operator is told. */
const told =
  (names: readonly string[], compute: (x: number, ...numbers: number[]) => number): Kernel =>
  (given) => {
    const numbers = names.map((name) => numberAt(given, name));
    return one((x) => compute(x, ...numbers))(given);
  };

/** The error function by its series near 0 and its continued fraction elsewhere (Abramowitz & Stegun 7.1.5, 7.1.14). */
function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size > 6) return Number.isNaN(x) ? x : Math.sign(x);
  if (size < 3) {
    let [term, sum] = [size, size];
    for (let n = 1; n < 80; n++) {
      term *= (-size * size) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * (size + fraction)));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const bounded = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

/** Halves go to the even one, as the rounding of processors does. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

function gelu(given: Parameters<Kernel>[0]): ReturnType<Kernel> {
  const mode = textAt(given, "mode");
  if (mode === "EXACT") return one((x) => 0.5 * x * (1 + erf(x / Math.SQRT2)))(given);
  if (mode !== "TANH_APPROXIMATION") throw broken("mode", "EXACT or TANH_APPROXIMATION", mode);
  const slope = Math.sqrt(2 / Math.PI);
  return one((x) => 0.5 * x * (1 + Math.tanh(slope * (x + 0.044715 * x ** 3))))(given);
}

function cast(given: Parameters<Kernel>[0]): ProgramTensor {
  const x = tensorAt(given, "x");
  const to = textAt(given, "dtype");
  if (to !== "fp16" && to !== "fp32" && to !== "int32" && to !== "bool")
    throw broken("dtype", "fp16, fp32, int32 or bool", to);
  const change =
    to === "bool" ? (v: number) => Number(v !== 0) : to === "int32" ? Math.trunc : (v: number) => v;
  return tensor(to, x.dims, x.values.map(change));
}

function select(given: Parameters<Kernel>[0]): ProgramTensor {
  const [condition, a, b] = [tensorAt(given, "cond"), tensorAt(given, "a"), tensorAt(given, "b")];
  if (condition.type !== "bool") throw broken("cond", "bool", condition.type);
  const type = same([a, b]);
  const dims = commonShape([condition, a, b]);
  const [chosen, yes, no] = [spread(condition, dims), spread(a, dims), spread(b, dims)];
  return { type, dims, values: chosen.map((truth, at) => (truth !== 0 ? yes[at]! : no[at]!)) };
}

/** Operators that compute number by number. */
export const POINTWISE_KERNELS: Readonly<Record<string, Kernel>> = {
  abs: one(Math.abs),
  acos: one(Math.acos),
  add: two((x, y) => x + y),
  asin: one(Math.asin),
  atan: one(Math.atan),
  atanh: one(Math.atanh),
  cast,
  ceil: one(Math.ceil),
  clip: told(["alpha", "beta"], (x, low, high) => bounded(x, low!, high!)),
  cos: one(Math.cos),
  cosh: one(Math.cosh),
  elu: told(["alpha"], (x, alpha) => (x > 0 ? x : alpha! * Math.expm1(x))),
  equal: test((x, y) => x === y),
  erf: one(erf),
  exp: one(Math.exp),
  floor: one(Math.floor),
  floor_div: two((x, y) => Math.floor(x / y)),
  gelu,
  greater: test((x, y) => x > y),
  greater_equal: test((x, y) => x >= y),
  identity: (given) => tensorAt(given, "x"),
  leaky_relu: told(["alpha"], (x, alpha) => (x >= 0 ? x : alpha! * x)),
  less: test((x, y) => x < y),
  less_equal: test((x, y) => x <= y),
  log: (given) => {
    const epsilon = optionalAt(given, "epsilon")?.values[0] ?? 1e-45;
    return one((x) => Math.log(x + epsilon))(given);
  },
  logical_and: two((x, y) => Number(x !== 0 && y !== 0)),
  logical_not: one((x) => (x === 0 ? 1 : 0)),
  logical_or: two((x, y) => Number(x !== 0 || y !== 0)),
  logical_xor: two((x, y) => Number((x !== 0) !== (y !== 0))),
  maximum: two(Math.max),
  minimum: two(Math.min),
  mul: two((x, y) => x * y),
  not_equal: test((x, y) => x !== y),
  pow: two((x, y) => x ** y),
  real_div: two((x, y) => x / y),
  relu: one((x) => (x < 0 ? 0 : x)),
  relu6: one((x) => bounded(x, 0, 6)),
  round: one(roundEven),
  select,
  sigmoid: one(sigmoid),
  sigmoid_hard: told(["alpha", "beta"], (x, alpha, beta) => bounded(alpha! * x + beta!, 0, 1)),
  sign: one(Math.sign),
  sin: one(Math.sin),
  sinh: one(Math.sinh),
  softplus: one((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  softsign: one((x) => x / (1 + Math.abs(x))),
  sqrt: one(Math.sqrt),
  sub: two((x, y) => x - y),
  tanh: one(Math.tanh),
};
