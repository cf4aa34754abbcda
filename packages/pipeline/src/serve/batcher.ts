import { tidelineError } from "@tideline/spec";

/** Gathers rows of many requests into runs of a model. */
export interface Batcher {
  /**
   * The outputs `[rows, outputs]` of some rows, in their order.
   *
   * @throws OVERLOADED when too many rows wait; what the run throws.
   */
  submit(values: Float32Array, rows: number): Promise<Float32Array>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** What a batcher is made of. */
export interface BatcherOptions {
  /** Runs the model over rows and gives `[rows, outputs]`; never called while it is running. */
  readonly run: (values: Float32Array, rows: number) => Promise<Float32Array>;
  /** Values of a row, and of its outputs. */
  readonly rowLength: number;
  readonly outputLength: number;
  /** Most rows of a run; a single request may have no more. */
  readonly maxRows: number;
  /** Most rows that wait, besides those that run. */
  readonly waitingRows: number;
}

interface Waiting {
  readonly values: Float32Array;
  readonly rows: number;
  readonly resolve: (outputs: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Adaptive batching: what waits when a run ends makes the next run, so an idle server answers at once and a busy one
 * shares runs, with no time window to tune. Requests are kept whole and in order.
 *
 * @example
 * const batcher = createBatcher({ run, rowLength: 1152, outputLength: 6, maxRows: 256, waitingRows: 2048 });
 * const probabilities = await batcher.submit(window, 1);
 */
export function createBatcher(options: BatcherOptions): Batcher {
  const { run, rowLength, outputLength, maxRows, waitingRows } = options;
  const waiting: Waiting[] = [];
  const idlers: (() => void)[] = [];
  let waitingCount = 0;
  let running = false;

  const takeBatch = (): readonly [readonly Waiting[], number] => {
    let [count, rows] = [0, 0];
    while (count < waiting.length && rows + waiting[count]!.rows <= maxRows) {
      rows += waiting[count]!.rows;
      count += 1;
    }
    return [waiting.splice(0, count), rows];
  };

  const runBatch = async (batch: readonly Waiting[], rows: number): Promise<void> => {
    try {
      const values = new Float32Array(rows * rowLength);
      let offset = 0;
      for (const request of batch) {
        values.set(request.values, offset);
        offset += request.values.length;
      }
      const outputs = await run(values, rows);
      let row = 0;
      for (const request of batch) {
        request.resolve(outputs.slice(row * outputLength, (row + request.rows) * outputLength));
        row += request.rows;
      }
    } catch (error) {
      for (const request of batch) request.reject(error);
    }
  };

  const work = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const [batch, rows] = takeBatch();
      waitingCount -= rows;
      await runBatch(batch, rows);
    }
    running = false;
    for (const resolve of idlers.splice(0)) resolve();
  };

  return Object.freeze({
    submit(values: Float32Array, rows: number) {
      if (rows > maxRows || rows < 1 || values.length !== rows * rowLength) {
        return Promise.reject(
          tidelineError("ARGUMENT_INVALID", {
            who: "serve",
            field: "rows",
            expected: `1 to ${maxRows} rows of ${rowLength} values`,
            received: `${rows} rows, ${values.length} values`,
          }),
        );
      }
      if (running && waitingCount + rows > waitingRows) {
        return Promise.reject(
          tidelineError("OVERLOADED", { who: "serve", remedy: "Try again in a second." }),
        );
      }
      return new Promise<Float32Array>((resolve, reject) => {
        waiting.push({ values, rows, resolve, reject });
        waitingCount += rows;
        if (!running) void work();
      });
    },
    idle: () => (running ? new Promise<void>((resolve) => idlers.push(resolve)) : Promise.resolve()),
  });
}
