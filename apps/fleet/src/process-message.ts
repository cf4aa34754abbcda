import type { PhasePlan, PhoneEntry, PhoneStatus, PhoneSummary } from "./message.ts";
import type { PhoneOptions } from "./phone.ts";

/** What the fleet tells a phone that lives in a process of its own. */
export type PhoneCommand =
  | {
      readonly type: "open";
      readonly options: PhoneOptions;
      /** Uploads after which the process kills itself while it sends; null for never. */
      readonly killAfterUploads: number | null;
    }
  | { readonly type: "play"; readonly plan: PhasePlan }
  | { readonly type: "finish"; readonly withinMs: number };

/** What such a phone answers. */
export type PhoneMessage =
  | { readonly type: "opened"; readonly entry: PhoneEntry }
  | { readonly type: "status"; readonly status: PhoneStatus }
  | { readonly type: "activated"; readonly version: number }
  | { readonly type: "played"; readonly status: PhoneStatus }
  | { readonly type: "finished"; readonly summary: PhoneSummary; readonly peakMb: number }
  | { readonly type: "failed"; readonly code: string; readonly message: string };
