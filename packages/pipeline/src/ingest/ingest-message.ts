import type { LogPosition } from "../log-record.ts";
import type { PortableError } from "../portable-error.ts";
import type { IngestCounts } from "./ingest-counts.ts";

/** What the ingest thread tells its owner. */
export type IngestMessage =
  /** It listens. */
  | { readonly kind: "ready"; readonly address: string; readonly position: LogPosition }
  /** A commit is durable. */
  | { readonly kind: "durable"; readonly position: LogPosition }
  | { readonly kind: "counts"; readonly counts: IngestCounts }
  /** It could not start, or must not go on. */
  | { readonly kind: "fatal"; readonly error: PortableError }
  /** It has drained and ends. */
  | { readonly kind: "closed"; readonly counts: IngestCounts };

/** What the owner tells the ingest thread. */
export interface IngestCommand {
  readonly kind: "close";
}
