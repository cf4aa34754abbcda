import { isTidelineError, UPDATE_EVENT, type ErrorCode, type UpdateResult } from "@tideline/spec";
import type { Context } from "./context.ts";
import type { ModelHost } from "./models.ts";
import type { ReleaseStatus, UpdateOutcome } from "./release-slot.ts";
import { openStateFile } from "./state-file.ts";

/** How a model's releases stand, after a look for a newer one or at the start of the app. */
export interface ReleaseNews {
  readonly model: string;
  readonly status: ReleaseStatus;
  /** Absent at the start. */
  readonly outcome: UpdateOutcome | undefined;
}

/** Reports what became of a release; throws nothing of ours: an update does not fail because it cannot be told. */
export type ReportUpdate = (context: Context, host: ModelHost, news: ReleaseNews) => Promise<void>;

/** What was reported last, so that the same is not said at each look. */
interface ReportFile {
  readonly format: 1;
  readonly told: string;
}

const NOT_TOLD: ReportFile = { format: 1, told: "" };

/** `tier/name:CODE` of each runtime on which a version failed, by commas. */
function failuresOf({ accepted, tests, crashed }: ReleaseStatus): string {
  const own = `${accepted}/`;
  const place = (key: string): string => key.split("/").slice(1, 3).join("/");
  const failed: readonly (readonly [string, unknown])[] = [
    ...Object.entries(tests).filter(([, result]) => typeof result === "string"),
    ...crashed.map((key) => [key, "RUNTIME_CRASHED" satisfies ErrorCode] as const),
  ];
  return failed
    .filter(([key]) => key.startsWith(own))
    .map(([key, code]) => `${place(key)}:${code}`)
    .join();
}

/** What is to be said, or null where nothing is known. */
function resultOf(
  { accepted, version, crashed }: ReleaseStatus,
  outcome?: UpdateOutcome,
): UpdateResult | null {
  if (outcome?.result === "killed") return "killed";
  if (outcome?.code === "RELEASE_HELD_BACK") return "held-back";
  if (accepted > 0 && version === accepted) return "activated";
  if (crashed.some((key) => key.startsWith(`${accepted}/`))) return "crashed";
  return outcome?.result === "kept" ? "kept" : null;
}

/**
 * Records an event `model_update` for each release that the phone was offered, once, and again when something else
 * becomes of it, where the app declares that event (`updateEvent`) and the person has consented to its purpose. With
 * it the owner sees how far a roll-out has come, and the loop stops one that goes wrong.
 *
 * @example
 * const models = createModels({ root, channel: "stable", environment: "production", report: reportUpdates });
 */
export const reportUpdates: ReportUpdate = async (
  { app, ports, tally },
  host,
  { model, status, outcome },
) => {
  const event = app.events[UPDATE_EVENT];
  const result = resultOf(status, outcome);
  if (!event || result === null || !host.consent().includes(event.purpose)) return;
  const { accepted, version, runtime } = status;
  const failed = failuresOf(status);
  const code = result === "activated" ? null : (outcome?.code ?? status.lastCode);
  const properties = {
    model,
    version: accepted,
    running: version,
    result,
    ...(code !== null && { code }),
    ...(runtime !== null && { runtime }),
    ...(failed && { failed: failed.slice(0, 256) }),
  };
  const told = JSON.stringify([host.identity().install, properties]);
  try {
    const file = await openStateFile(ports, `told-${model}.json`, NOT_TOLD);
    if (file.get().told === told) return;
    await host.record(event, properties, ports.clock());
    await file.change(() => ({ format: 1, told }));
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    tally.report("update", error);
  }
};
