import type { Matrix } from "./matrix.ts";

/** Rows that a panel holds side by side. Four rows by three classes fill V8's fifteen float registers on x64. */
export const PANEL_ROWS = 4;

/** Classes that a kernel takes at once; weights are padded with zeros to a multiple of it. */
const CLASS_TILE = 3;

/**
 * A matrix packed for the kernels below: float64 panels of {@link PANEL_ROWS} rows, each `[width, 4]`, the last
 * one filled up with zeros. The last column is the constant 1 that an intercept multiplies.
 */
export interface Panels {
  readonly rows: number;
  /** Columns of the matrix plus the constant. */
  readonly width: number;
  /** [ceil(rows / 4), width, 4] */
  readonly values: Float64Array;
}

/** Packs `X` and appends the constant column. Copies: `X` may change afterwards. */
export function packPanels(X: Matrix): Panels {
  const { rows, columns, values } = X;
  const width = columns + 1;
  const packed = new Float64Array(Math.ceil(rows / PANEL_ROWS) * PANEL_ROWS * width);
  for (let i = 0; i < rows; i++) {
    const lane = i % PANEL_ROWS;
    let to = (i - lane) * width + lane;
    let from = i * columns;
    for (let j = 0; j < columns; j++, to += PANEL_ROWS) packed[to] = values[from++]!;
    packed[to] = 1;
  }
  return Object.freeze({ rows, width, values: packed });
}

/** The classes with padding. */
export function paddedClasses(classes: number): number {
  return Math.ceil(classes / CLASS_TILE) * CLASS_TILE;
}

/**
 * scores [4, stride] = panel [4, width] * weights [width, stride], for the panel that begins at `offset`.
 *
 * `stride` is a multiple of {@link CLASS_TILE}. Twelve sums stay in registers; each weight is loaded once for
 * four rows and each input once for three classes.
 */
export function panelScores(
  panels: Panels,
  offset: number,
  weights: Float64Array,
  stride: number,
  scores: Float64Array,
): void {
  const { values } = panels;
  const end = offset + panels.width * 4;
  for (let tile = 0; tile < stride; tile += 3) {
    let a0 = 0,
      a1 = 0,
      a2 = 0,
      a3 = 0;
    let b0 = 0,
      b1 = 0,
      b2 = 0,
      b3 = 0;
    let c0 = 0,
      c1 = 0,
      c2 = 0,
      c3 = 0;
    for (let p = offset, w = tile; p < end; p += 4, w += stride) {
      const u = weights[w]!;
      const v = weights[w + 1]!;
      const t = weights[w + 2]!;
      let x = values[p]!;
      a0 += x * u;
      b0 += x * v;
      c0 += x * t;
      x = values[p + 1]!;
      a1 += x * u;
      b1 += x * v;
      c1 += x * t;
      x = values[p + 2]!;
      a2 += x * u;
      b2 += x * v;
      c2 += x * t;
      x = values[p + 3]!;
      a3 += x * u;
      b3 += x * v;
      c3 += x * t;
    }
    scores[tile] = a0;
    scores[tile + 1] = b0;
    scores[tile + 2] = c0;
    scores[tile + stride] = a1;
    scores[tile + stride + 1] = b1;
    scores[tile + stride + 2] = c1;
    scores[tile + 2 * stride] = a2;
    scores[tile + 2 * stride + 1] = b2;
    scores[tile + 2 * stride + 2] = c2;
    scores[tile + 3 * stride] = a3;
    scores[tile + 3 * stride + 1] = b3;
    scores[tile + 3 * stride + 2] = c3;
  }
}

/** gradient [width, stride] += transpose(panel [4, width]) * residuals [4, stride]. */
export function addPanelGradient(
  panels: Panels,
  offset: number,
  residuals: Float64Array,
  stride: number,
  gradient: Float64Array,
): void {
  const { values } = panels;
  const end = offset + panels.width * 4;
  for (let tile = 0; tile < stride; tile += 3) {
    const a0 = residuals[tile]!;
    const b0 = residuals[tile + 1]!;
    const c0 = residuals[tile + 2]!;
    const a1 = residuals[tile + stride]!;
    const b1 = residuals[tile + stride + 1]!;
    const c1 = residuals[tile + stride + 2]!;
    const a2 = residuals[tile + 2 * stride]!;
    const b2 = residuals[tile + 2 * stride + 1]!;
    const c2 = residuals[tile + 2 * stride + 2]!;
    const a3 = residuals[tile + 3 * stride]!;
    const b3 = residuals[tile + 3 * stride + 1]!;
    const c3 = residuals[tile + 3 * stride + 2]!;
    for (let p = offset, g = tile; p < end; p += 4, g += stride) {
      const x0 = values[p]!;
      const x1 = values[p + 1]!;
      const x2 = values[p + 2]!;
      const x3 = values[p + 3]!;
      gradient[g]! += x0 * a0 + x1 * a1 + (x2 * a2 + x3 * a3);
      gradient[g + 1]! += x0 * b0 + x1 * b1 + (x2 * b2 + x3 * b3);
      gradient[g + 2]! += x0 * c0 + x1 * c1 + (x2 * c2 + x3 * c3);
    }
  }
}
