/** What a side prints when its one job is done. Memory is resident, in bytes. */
export interface SideRun {
  /** Of the library. */
  readonly version: string;
  /** After the interpreter, before libraries and data. */
  readonly imported: number;
  /** Of the job, from loaded columns to its result. */
  readonly seconds: number;
  /** That the process's threads computed in this time. */
  readonly cpu: number;
  /** The highest of the process until the job was done. */
  readonly peak: number;
  /** Sums of the result, by which sides are compared. */
  readonly digest: Readonly<Record<string, number>>;
}

/** A run with the seconds of its whole process: interpreter, imports, reading, the job, the end. */
export interface TimedRun extends SideRun {
  /** Of a side that has several ways from files to the result, the least of all, as `peak` is. */
  readonly whole: number;
  /** What its other ways answered. */
  readonly others: readonly SideRun["digest"][];
}
