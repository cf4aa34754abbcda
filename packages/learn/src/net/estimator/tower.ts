import type { Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { matrix, type Matrix } from "../../matrix.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { embedding } from "../layer/embedding.ts";
import type { Layer, NetInput, NetScope } from "../net.ts";
import type { NetColumn } from "../train/net-data.ts";
import { standardisedOf } from "./standardised.ts";
import { numbering, UNKNOWN_CATEGORY, vocabulary, type Vocabulary } from "./vocabulary.ts";

/** Numbers that are known of ids: row i of `X` is of `ids[i]`. */
export interface SideTable {
  readonly ids: readonly string[];
  readonly X: Matrix;
}

/** Users or items. */
export interface TowerRows {
  readonly ids: readonly string[];
  /** What is known of them; wanted where training had it, for every id. */
  readonly features?: SideTable;
}

/** The form of a tower. */
export interface TowerShape {
  /** Numbers that an id becomes. */
  readonly embedding: number;
  /** Units of hidden layers. */
  readonly hidden: readonly number[];
  /** Numbers of what comes out. */
  readonly size: number;
  readonly dropout: number;
}

/** One side of a two-tower net. */
export interface Tower {
  /** "user" or "item": also the names of its inputs and the scope of its parameters. */
  readonly side: string;
  readonly ids: Vocabulary;
  readonly inputs: readonly NetInput[];
  /** float32 [batch, size], each row of length 1. */
  write(scope: NetScope, inputs: Readonly<Record<string, Value>>): Value;
  /** Ids as tensors. @throws ARGUMENT_INVALID where features are wanted and missing; DATA_MALFORMED for one that is not finite. */
  encode(who: string, rows: TowerRows): Readonly<Record<string, NetColumn>>;
}

/** Added to the squared length before its root: its gradient at 0 stays finite. */
const SMALL = 1e-12;

/** Rows of length 1. */
export const unitLength: Layer = ({ g }, x) => {
  const square = g.op("ReduceSum", [g.op("Mul", [x, x]), g.ints([-1])], { keepdims: 1 });
  return g.op("Div", [x, g.op("Sqrt", [g.op("Add", [square, g.scalar(SMALL)])])]);
};

/**
 * A tower for ids and what is known of them: the id's embedding and the standardised features side by side, hidden
 * layers with ReLU, a linear layer, length 1. An id that training lacked is zeros, so that its features alone speak.
 */
export function towerOf(side: string, rows: TowerRows, shape: TowerShape, minimumCount: number): Tower {
  const ids = vocabulary(rows.ids, { minimumCount, vocabulary: Infinity });
  const { features } = rows;
  const width = features?.X.columns ?? 0;
  if (features !== undefined) checkFeatures(`twoTower.fit: ${side}`, features, width);
  const standardised = features === undefined ? undefined : standardisedOf(features.X, width);
  const numberOf = numbering(ids);
  const id: NetInput = { name: side, elementType: "int64", dims: [] };
  const more: NetInput = { name: `${side}_features`, elementType: "float32", dims: [width] };
  const table = embedding({
    entries: ids.values.length + 1,
    size: shape.embedding,
    ...(ids.unknownSeen ? {} : { blank: UNKNOWN_CATEGORY }),
  });
  const drop = dropout({ rate: shape.dropout });
  return Object.freeze({
    side,
    ids,
    inputs: features === undefined ? [id] : [id, more],
    write(scope: NetScope, inputs: Readonly<Record<string, Value>>) {
      const own = scope.within(side);
      const known = table(own.within("id"), inputs[side]!);
      const given = inputs[`${side}_features`];
      let value =
        given === undefined ? known : scope.g.op("Concat", [known, standardised!(own, given)], { axis: 1 });
      for (const [at, units] of shape.hidden.entries()) {
        const layer = dense({ units, activation: "relu" });
        value = layer(own.within(`hidden${at + 1}`), drop(own, value));
      }
      return unitLength(own, dense({ units: shape.size })(own.within("output"), drop(own, value)));
    },
    encode(who: string, given: TowerRows) {
      const numbers = Int32Array.from(given.ids, numberOf);
      const columns: Record<string, NetColumn> = { [side]: { dims: [], values: numbers } };
      // `features` themselves in here would stay alive with every model.
      if (standardised === undefined) return columns;
      columns[more.name] = { dims: [width], values: lookedUp(`${who}: ${side}`, given, width) };
      return columns;
    },
  });
}

function checkFeatures(who: string, { ids, X }: SideTable, width: number): void {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (X.rows !== ids.length) throw wrong("features.X", `${ids.length} rows, one for each id`, String(X.rows));
  if (X.columns !== width || width === 0)
    throw wrong("features.X", width === 0 ? "at least one column" : `${width} columns`, String(X.columns));
  const known = new Set<string>();
  const twice = ids.find((id) => known.size === known.add(id).size);
  if (twice !== undefined) throw wrong("features.ids", "each id once", `"${twice}" twice`);
  const at = X.values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (at < 0) return;
  const field = `features.X, row ${Math.floor(at / width)}, column ${at % width}`;
  throw tidelineError("DATA_MALFORMED", {
    who,
    field,
    expected: "a finite number",
    received: String(X.values[at]),
  });
}

function lookedUp(who: string, { ids, features }: TowerRows, width: number): Float32Array {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (features === undefined) throw wrong("features", "a table, as in training", "none");
  checkFeatures(who, features, width);
  const places = new Map(features.ids.map((id, at) => [id, at]));
  const out = new Float32Array(ids.length * width);
  for (const [row, id] of ids.entries()) {
    const at = places.get(id);
    if (at === undefined) throw wrong(`features of "${id}"`, "a row", "none");
    out.set(features.X.values.subarray(at * width, (at + 1) * width), row * width);
  }
  return out;
}

/** Rows of a matrix that a runtime gave. */
export function embeddingsOf(values: ArrayLike<number>, size: number): Matrix {
  return matrix(values.length / size, size, Float32Array.from(values));
}
