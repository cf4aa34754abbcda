/** The numbers that generated source computes with: float32, float64, int64 and truths. */
export type Kind = "float" | "double" | "long" | "bool";

/** An array of the program: an input, a constant, or what a step fills; row-major. */
export interface Cell {
  /** Unique among the arrays; an identifier in every language. */
  readonly id: string;
  readonly kind: Kind;
  readonly size: number;
  /** Its numbers, where it is a constant. */
  readonly constant?: ArrayLike<number>;
  /** Whole numbers that are kept in 32 bits each: of a constant, or of a text. */
  readonly narrow?: true;
  /** The characters of a text, as many as it has: Unicode's numbers of them. `size` says nothing. */
  readonly signs?: true;
}

/** A place in an array: `base + loop * stride + ...`, and a place that is computed, which may count from the end. */
export interface Place {
  readonly base: number;
  readonly terms: readonly { readonly loop: string; readonly stride: number }[];
  readonly computed?: { readonly at: Expression; readonly length: number; readonly stride: number };
  /** What the program computes and knows to be within. */
  readonly free?: Expression;
}

/** What every language can do with numbers. `cast` goes to the expression's own kind. */
export type FunctionName =
  | "abs"
  | "acos"
  | "acosh"
  | "add"
  | "and"
  | "asin"
  | "asinh"
  | "atan"
  | "atanh"
  | "cast"
  | "ceil"
  | "cos"
  | "cosh"
  | "div"
  | "equal"
  | "exp"
  | "expm1"
  | "floor"
  | "greater"
  | "greaterOrEqual"
  | "isInfinite"
  | "isNan"
  | "less"
  | "lessOrEqual"
  | "log"
  | "log1p"
  | "max"
  | "min"
  | "mul"
  | "neg"
  | "not"
  | "or"
  | "pow"
  | "remainder"
  | "round"
  | "select"
  | "sin"
  | "sinh"
  | "sqrt"
  | "sub"
  | "tan"
  | "tanh";

/** A number computed of others. */
export type Expression =
  | { readonly form: "number"; readonly kind: Kind; readonly value: number }
  | { readonly form: "load"; readonly kind: Kind; readonly from: Cell; readonly at: Place }
  | { readonly form: "counter"; readonly kind: "long"; readonly loop: string; readonly base: number }
  | { readonly form: "length"; readonly kind: "long"; readonly of: Cell }
  | { readonly form: "local"; readonly kind: Kind; readonly name: string }
  | {
      readonly form: "apply";
      readonly kind: Kind;
      readonly name: FunctionName;
      readonly args: readonly Expression[];
    };

/** What a step does. */
export type Statement =
  | {
      readonly form: "for";
      readonly loop: string;
      readonly count: number;
      readonly body: readonly Statement[];
    }
  | { readonly form: "while" | "if"; readonly test: Expression; readonly body: readonly Statement[] }
  | { readonly form: "store"; readonly to: Cell; readonly at: Place; readonly value: Expression }
  | { readonly form: "let"; readonly name: string; readonly value: Expression }
  | { readonly form: "set"; readonly name: string; readonly value: Expression };

/** The work of one node: a function of its own in the source. */
export interface Step {
  readonly note: string;
  readonly body: readonly Statement[];
}

/** What an app gives. */
export interface ProgramInput {
  /** As in the graph. */
  readonly name: string;
  readonly cell: Cell;
  /** Where the app gives a text: what codes stand for. */
  readonly dictionary?: readonly string[];
  /** Where the app gives a text whose characters are read: whether a capital I with a dot becomes two small signs. */
  readonly text?: { readonly dotted: boolean };
}

/** A graph of one row as arrays and loops, whatever the language. */
export interface Program {
  readonly inputs: readonly ProgramInput[];
  readonly constants: readonly Cell[];
  readonly work: readonly Cell[];
  readonly steps: readonly Step[];
  readonly outputs: readonly { readonly name: string; readonly cell: Cell }[];
}
