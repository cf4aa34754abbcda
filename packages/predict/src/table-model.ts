/** An input or output of a table. */
export interface TableEnd {
  readonly name: string;
  /** Shape of one row, with the batch axis at 1 where the graph has one. */
  readonly dims: readonly number[];
}

/** A loaded table. Its memory is allocated once; runs one after another share it. */
export interface TableModel {
  /** Version of the format. */
  readonly format: number;
  readonly input: TableEnd;
  /** The first of the outputs, the one that `run` gives. */
  readonly output: TableEnd;
  readonly outputs: readonly TableEnd[];
  /** Names of classes, in the order of the first output's columns; empty when the writer gave none. */
  readonly labels: readonly string[];
  /**
   * The first output for one row, into `output` when given.
   *
   * @throws ARGUMENT_INVALID when a length is not that of the dims.
   */
  run(input: Float32Array, output?: Float32Array): Float32Array;
  /** Another output of the last run, by its place in `outputs`. @throws ARGUMENT_INVALID */
  read(index: number, output?: Float32Array): Float32Array;
}
