/** What a child is told first: which net, on how many threads, and where the rows stand. */
export interface OpenCall {
  readonly do: "open";
  readonly case: string;
  readonly batch: number;
  readonly dims: readonly number[];
  readonly rows: number;
  readonly threads: number;
  /** Little-endian float32 rows, then int64 classes. */
  readonly data: string;
  /** The first parameters, float32: the peer writes them, we read them. */
  readonly parameters: string;
  /** Adam with one kernel for all parameters; the peer's only. */
  readonly fused: boolean;
}

/** What a child is asked. `losses` are those of the first steps on the rows in their order, from the first parameters. */
export type ChildCall =
  | OpenCall
  | { readonly do: "losses"; readonly steps: number }
  | { readonly do: "run"; readonly steps: number };

/** What a child answers. Memory is resident, in bytes. */
export interface ChildReply {
  readonly open: { readonly version: string; readonly imported: number };
  readonly losses: { readonly losses: readonly number[] };
  readonly run: {
    /** Of each step, by the clock. */
    readonly seconds: readonly number[];
    /** That the process's threads computed in all of the steps. */
    readonly cpu: number;
    readonly first: number;
    readonly last: number;
    readonly peak: number;
  };
}
