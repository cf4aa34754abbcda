import {
  conv1d,
  conv2d,
  dense,
  flatten,
  globalAveragePool,
  gru,
  maxPool1d,
  maxPool2d,
  relu,
  sequential,
  type Layer,
  type Net,
} from "../../packages/learn/src/net/index.ts";

/** A net with the shape of its rows, as both sides build it. */
export interface NnCase {
  readonly name: string;
  readonly batch: number;
  /** Of one row. */
  readonly dims: readonly number[];
  readonly classes: number;
  readonly net: Net;
}

function one(name: string, batch: number, dims: readonly number[], classes: number, layer: Layer): NnCase {
  const net: Net = {
    inputs: [{ name: "x", elementType: "float32", dims }],
    forward: (scope, { x }) => layer(scope, x!),
  };
  return { name, batch, dims, classes, net };
}

const mlp = (): Layer =>
  sequential(dense({ units: 128 }), relu(), dense({ units: 64 }), relu(), dense({ units: 6 }));

/** Rows in memory, from which each step gathers a batch. */
export const ROWS = 4096;

/** The cases; `peer.py` builds the same nets by these names. */
export const NN_CASES: readonly NnCase[] = [
  one("mlp-64", 64, [561], 6, mlp()),
  one("mlp-256", 256, [561], 6, mlp()),
  one(
    "conv1d",
    64,
    [9, 128],
    6,
    sequential(
      conv1d({ channels: 64, size: 5, padding: 2 }),
      relu(),
      maxPool1d({ size: 2 }),
      conv1d({ channels: 64, size: 5, padding: 2 }),
      relu(),
      globalAveragePool(),
      dense({ units: 6 }),
    ),
  ),
  one(
    "conv2d",
    64,
    [1, 28, 28],
    10,
    sequential(
      conv2d({ channels: 16, size: 3, padding: 1 }),
      relu(),
      maxPool2d({ size: 2 }),
      conv2d({ channels: 32, size: 3, padding: 1 }),
      relu(),
      maxPool2d({ size: 2 }),
      flatten(),
      dense({ units: 10 }),
    ),
  ),
  one("gru", 64, [50, 32], 6, sequential(gru({ units: 64 }), dense({ units: 6 }))),
];
