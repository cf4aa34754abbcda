import type { ScalarVector } from "../scalar-vector.ts";

/** Source rows in places: by key, then by the time from which a question may see them. */
export interface PlacedRows {
  /** [keys + 1], places of each key. */
  readonly starts: Int32Array;
  /** [places], the source row. */
  readonly rows: Int32Array;
  /** [source rows], their places, -1 where nobody asks for the key. */
  readonly places: Int32Array;
  /** [places], when it happened, in microseconds. */
  readonly times: Float64Array;
  /** [places], when it became known. */
  readonly known: Float64Array;
  /** [places], the later of both. The same array as `times` where nothing became known later. */
  readonly arrivals: Float64Array;
  /** [places], places of each key by time; absent where the places are in that order. */
  readonly byTime?: Int32Array;
}

/** Questions in places: by key, then by time. */
export interface PlacedQuestions {
  readonly starts: Int32Array;
  /** [places], the row of the spine. */
  readonly rows: Int32Array;
  /** [spine rows], their places, -1 without a key. */
  readonly places: Int32Array;
  /** [places], in microseconds. */
  readonly times: Float64Array;
}

/** The values of one aggregate, in places; null ones are left out by `skip`. */
export interface PlacedValues {
  readonly vector: ScalarVector | null;
  /** [places] */
  readonly values: Float64Array;
  /** [places], 1 where the aggregate does not take the row; absent: it takes all. */
  readonly skip?: Uint8Array;
}

/** What a slider answers into. */
export interface Answers {
  /** [questions], of a slider in their places, of what runs through a stream in rows of the spine. */
  readonly values: Float64Array;
  /** 1 where null; 0 to begin with. */
  readonly nulls: Uint8Array;
}

/** One aggregate over a window that slides along the rows of a key; places enter and leave it. */
export interface Slider {
  /** Forgets everything: a new key begins. */
  clear(): void;
  add(place: number): void;
  /** Only asked of those that need it; places come in the order of their times. */
  readonly remove?: (place: number) => void;
  /** Writes the answer of the question at `place` as of `asOf`; `seen` lists the places in the window, as the source had them. */
  answer(place: number, asOf: number, seen: () => Int32Array): void;
}

/**
 * Makes the slider of an aggregate. `within` is in microseconds, infinite where there is no lower end; `parameter` is the
 * number of an aggregate that has one, else 0.
 */
export type SliderOf = (
  rows: PlacedRows,
  given: PlacedValues,
  within: number,
  answers: Answers,
  type: string,
  parameter: number,
) => Slider;
