/** The class of places that must stay. */
export const KEPT = 0;

/** Places that come and go together, as classes that grow (union-find with path halving). */
export interface PlacePartition {
  /** So many new places, each alone in its class. */
  places(count: number): Int32Array;
  /** Makes two places one class. */
  join(left: number, right: number): void;
  /** The class of a place; {@link KEPT} for what must stay. */
  classOf(place: number): number;
}

/** A partition that holds the class {@link KEPT} and no place beside it. */
export function placePartition(): PlacePartition {
  const parent = [KEPT];
  const classOf = (place: number): number => {
    while (parent[place] !== place) {
      parent[place] = parent[parent[place]!]!;
      place = parent[place]!;
    }
    return place;
  };
  return Object.freeze({
    places(count) {
      const first = parent.length;
      for (let at = 0; at < count; at++) parent.push(first + at);
      return Int32Array.from({ length: count }, (_, at) => first + at);
    },
    join(left, right) {
      const [low, high] = [classOf(left), classOf(right)];
      // The smaller number leads, so that KEPT leads its class.
      parent[Math.max(low, high)] = Math.min(low, high);
    },
    classOf,
  } satisfies PlacePartition);
}
