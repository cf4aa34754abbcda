import { apply, ask, cast, inDouble, number, select } from "./expression.ts";
import { element, loops, placeOf, store, type Emitter } from "./emitter.ts";
import type { Expression, FunctionName, Kind } from "./program.ts";

/** Element by element under broadcasting; `only` is what kinds of numbers its first input may have. */
export function zipped(
  compute: (args: readonly Expression[], to: Kind) => Expression,
  only: readonly Kind[] = ["float", "double", "long", "bool"],
): Emitter {
  return ({ inputs, outputs: [out] }) => {
    const given = inputs.flatMap((input) => (input === undefined ? [] : [input]));
    const kind = given[0]!.cell.kind;
    if (!only.includes(kind))
      return { unsupported: `it takes ${kind} numbers, and is written for ${only.join(", ")}` };
    return loops(out!.dims, (index) => [
      store(
        out!.cell,
        placeOf(index, out!.dims),
        compute(
          given.map((input) => element(input, index)),
          out!.cell.kind,
        ),
      ),
    ]);
  };
}

const FLOATS: readonly Kind[] = ["float", "double"];
const NUMBERS: readonly Kind[] = ["float", "double", "long"];

/** An exact function: the language's own, in the number's own kind. */
const exact = (name: FunctionName, only = NUMBERS): Emitter => zipped((args) => apply(name, ...args), only);

/** A function of the language's library, computed in float64. */
const library = (name: FunctionName): Emitter =>
  zipped((args) => inDouble(args, (...wide) => apply(name, ...wide)), FLOATS);

const folded = (name: FunctionName): Emitter =>
  zipped((args) => args.reduce((left, right) => apply(name, left, right)), NUMBERS);

const compared = (name: FunctionName): Emitter => zipped((args) => ask(name, ...args));

const one = number(1, "double");

/** `1 / (1 + exp(-x))` of a float64. */
export const logistic = (x: Expression): Expression =>
  apply("div", one, apply("add", one, apply("exp", apply("neg", x))));

const Sigmoid = zipped(([x]) => inDouble([x!], (wide) => logistic(wide!)), FLOATS);
const Reciprocal = zipped(([x]) => apply("div", number(1, x!.kind), x!), FLOATS);
const Relu = zipped(([x]) => select(ask("less", x!, number(0, x!.kind)), number(0, x!.kind), x!), NUMBERS);
const Sign = zipped(([x]) => {
  const zero = number(0, x!.kind);
  const below = select(ask("less", x!, zero), number(-1, x!.kind), x!);
  return select(ask("greater", x!, zero), number(1, x!.kind), below);
}, NUMBERS);

const LeakyRelu: Emitter = (call) =>
  zipped(([x]) => {
    const slope = number(call.attributes["alpha"] as number, x!.kind);
    return select(ask("less", x!, number(0, x!.kind)), apply("mul", slope, x!), x!);
  }, FLOATS)(call);

// log(1 + exp(x)), from the side on which nothing overflows.
const Softplus = zipped(
  ([x]) =>
    inDouble([x!], (wide) => {
      const size = apply("neg", apply("abs", wide!));
      const rest = apply("log", apply("add", one, apply("exp", size)));
      return apply("add", apply("max", wide!, number(0, "double")), rest);
    }),
  FLOATS,
);

const Clip: Emitter = (call) => {
  const [x, low, high] = call.inputs;
  const bounds = [low, high];
  const given = [x, ...bounds.filter((bound) => bound !== undefined)];
  return zipped((args) => {
    let value = args[0]!;
    let next = 1;
    if (low !== undefined) value = apply("max", value, args[next++]!);
    if (high !== undefined) value = apply("min", value, args[next]!);
    return value;
  }, NUMBERS)({ ...call, inputs: given });
};

const Cast = zipped(([x], to) => cast(x!, to));

const Mod: Emitter = (call) => {
  const signed = call.attributes["fmod"] === 0;
  return zipped(([a, b]) => {
    const rest = apply("remainder", a!, b!);
    if (!signed) return rest;
    const zero = number(0, rest.kind);
    const aside = ask("equal", ask("less", rest, zero), ask("less", b!, zero));
    const stays = ask("or", ask("equal", rest, zero), aside);
    return select(stays, rest, apply("add", rest, b!));
  }, FLOATS)(call);
};

const IsInf: Emitter = (call) => {
  const { detect_negative: negative, detect_positive: positive } = call.attributes;
  return zipped(([x]) => {
    const zero = number(0, x!.kind);
    if (negative === 0 && positive === 0) return number(0, "bool");
    const infinite = ask("isInfinite", x!);
    if (negative === 0) return ask("and", infinite, ask("greater", x!, zero));
    return positive === 0 ? ask("and", infinite, ask("less", x!, zero)) : infinite;
  }, FLOATS)(call);
};

const Mean = zipped((args) => {
  const sum = args.reduce((left, right) => apply("add", left, right));
  return apply("div", sum, number(args.length, sum.kind));
}, FLOATS);

/** Arithmetic, comparison, choice and functions of one number. */
export const EMIT_ELEMENTWISE = {
  Abs: exact("abs"),
  Acos: library("acos"),
  Acosh: library("acosh"),
  Add: exact("add"),
  And: compared("and"),
  Asin: library("asin"),
  Asinh: library("asinh"),
  Atan: library("atan"),
  Atanh: library("atanh"),
  Cast,
  CastLike: { unsupported: "Cast says the same", instead: "Cast" },
  Ceil: exact("ceil", FLOATS),
  Clip,
  Cos: library("cos"),
  Cosh: library("cosh"),
  Div: exact("div", FLOATS),
  Equal: compared("equal"),
  Exp: library("exp"),
  Floor: exact("floor", FLOATS),
  Greater: compared("greater"),
  GreaterOrEqual: compared("greaterOrEqual"),
  IsInf,
  IsNaN: zipped(([x]) => ask("isNan", x!), FLOATS),
  LeakyRelu,
  Less: compared("less"),
  LessOrEqual: compared("lessOrEqual"),
  Log: library("log"),
  Max: folded("max"),
  Mean,
  Min: folded("min"),
  Mod,
  Mul: exact("mul"),
  Neg: exact("neg"),
  Not: compared("not"),
  Or: compared("or"),
  Pow: library("pow"),
  Reciprocal,
  Relu,
  Round: exact("round", FLOATS),
  Sigmoid,
  Sign,
  Sin: library("sin"),
  Sinh: library("sinh"),
  Softplus,
  Sqrt: exact("sqrt", FLOATS),
  Sub: exact("sub"),
  Sum: folded("add"),
  Tan: library("tan"),
  Tanh: library("tanh"),
  Where: zipped(([truth, yes, no]) => select(truth!, yes!, no!), ["bool"]),
} as const;
