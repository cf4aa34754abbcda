/** How many of the edges, which ascend, lie below a value: bin `b` reaches from above edge `b - 1` up to edge `b`. */
export function edgesBelow(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the edges, which ascend, are not above a value: bin `b` reaches from edge `b - 1` to below edge `b`. */
export function edgesUpTo(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
