import type { Envelope, RootMetadata } from "@tideline/spec";
import type { AlertRow, ReleaseRow } from "../catalog/index.ts";
import type { LogPosition } from "../log-record.ts";
import type { PhoneLedger } from "./measure.ts";
import type { RolloutAction } from "./rollout-action.ts";

/** A call from the owner's main thread. */
export interface LoopRequest {
  readonly id: number;
  readonly call:
    | { readonly name: "turn"; readonly durable: LogPosition }
    | {
        readonly name: "measure";
        readonly phones: readonly PhoneLedger[];
        readonly injectedAt: number | null;
      }
    | { readonly name: "evidence"; readonly folder: string }
    | { readonly name: "rollout"; readonly action: RolloutAction }
    | { readonly name: "close" };
}

/** What the loop's thread says. */
export type LoopReply =
  | {
      readonly kind: "ready";
      readonly root: RootMetadata;
      readonly roots: readonly Envelope[];
      readonly definition: string;
    }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | {
      readonly kind: "error";
      readonly id: number;
      readonly error: {
        readonly code?: string;
        readonly parts?: unknown;
        readonly message: string;
        readonly stack?: string;
      };
    }
  | { readonly kind: "release"; readonly release: ReleaseRow }
  | { readonly kind: "alert"; readonly alert: AlertRow }
  | { readonly kind: "rejected"; readonly reason: string };
