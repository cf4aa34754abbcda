/** Whether an order of axes moves none. */
export function isIdentity(order: readonly number[]): boolean {
  return order.every((axis, at) => axis === at);
}

/** The axes as they are. */
export function identityOrder(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Channels last, as the layers of LiteRT have them: `[N, ..., C]` of `[N, C, ...]`. */
export function channelsLast(rank: number): readonly number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}
