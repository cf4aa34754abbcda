/** Our side of a case. */
export interface OwnCase {
  /** Reads the files of the case; not part of the time of the job, but of the whole process. */
  load(folder: string, rows: number): Promise<unknown>;
  /** Does the job. */
  run(loaded: never): Promise<unknown>;
  /** Other ways from files to the result. */
  readonly ways?: Readonly<Record<string, (folder: string, rows: number) => Promise<unknown>>>;
  /** Sums by which results are compared with a peer's; not timed. */
  digest(result: never): Readonly<Record<string, number>>;
}

/** Our side of a case, typed by what it loads and makes. */
export function ownCase<Loaded, Result>(of: {
  load(folder: string, rows: number): Promise<Loaded>;
  run(loaded: Loaded): Promise<Result>;
  readonly ways?: Readonly<Record<string, (folder: string, rows: number) => Promise<Result>>>;
  digest(result: Result): Readonly<Record<string, number>>;
}): OwnCase {
  return of;
}
