import type { ThreadHand } from "../thread-hand.ts";
import type { PlacedPart } from "./column-part.ts";
import type { ColumnShare } from "./column-share.ts";
import { noReader } from "./no-reader.ts";

/** Columns that another thread reads. */
export interface FillThread {
  /** Asks for the next rows; one question at a time. The answer is waited for by `parts`. */
  ask(rows: number): void;
  /** @throws Error for damaged pages, UNAVAILABLE for a thread that cannot begin. */
  parts(): Promise<readonly PlacedPart[]>;
  /** Leaves the thread, with whatever it was asked. */
  close(): void;
}

let readings = 0;

/** Has a thread read the columns of a share. */
export function fillThread(who: string, hand: ThreadHand, share: ColumnShare): FillThread {
  const reading = readings++;
  const begun = heard(
    hand.ask({ ask: "begin", reading, share }).catch((error: unknown) => {
      throw noReader(who, error);
    }),
  );
  let coming = begun;
  return {
    ask(rows) {
      const parts = heard(hand.ask({ ask: "rows", reading, rows }));
      // What began badly says so itself; without, rows are missed for no reason.
      coming = heard(begun.then(() => parts));
    },
    parts: () => coming as Promise<readonly PlacedPart[]>,
    close() {
      // Columns that nobody took are nobody's any more.
      if (share.next !== undefined) Atomics.store(share.next, 0, share.places.length);
      heard(hand.ask({ ask: "end", reading }));
    },
  };
}

/** Whoever leaves before the answer does not hear of it. */
function heard(answer: Promise<unknown>): Promise<unknown> {
  answer.catch(() => undefined);
  return answer;
}
