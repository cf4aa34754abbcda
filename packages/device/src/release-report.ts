import { isTidelineError, UPDATE_EVENT, type ErrorCode, type UpdateResult } from "@tideline/spec";
import type { Context } from "./context.ts";
import type { ModelHost, OpenModels } from "./models.ts";
import { namedModel } from "./named-model.ts";
import type { ReleaseStatus, UpdateOutcome } from "./release-slot.ts";
import { openStateFile } from "./state-file.ts";

/** How a model's releases stand, after a look for a newer one or, without an outcome, at the start of the app. */
interface ReleaseNews {
  readonly model: string;
  readonly status: ReleaseStatus;
  readonly outcome: UpdateOutcome | undefined;
}

/** UTF-16 units of the list of failures that fit into the event. */
const FAILED_LENGTH = 256;

/** What was reported last, so that the same is not said at each look. */
interface ReportFile {
  readonly format: 1;
  readonly told: string;
}

const NOT_TOLD: ReportFile = { format: 1, told: "" };

/** `tier/name:CODE` of each runtime on which a file of a version failed, once each, by commas; what ended the app first. */
function failuresOf({ accepted, tests, crashed }: ReleaseStatus): string {
  const own = `${accepted}/`;
  const place = (key: string): string => key.split("/").slice(1, 3).join("/");
  const failed: readonly (readonly [string, unknown])[] = [
    ...crashed.map((key) => [key, "RUNTIME_CRASHED" satisfies ErrorCode] as const),
    ...Object.entries(tests).filter(([, result]) => typeof result === "string"),
  ];
  const told = failed.filter(([key]) => key.startsWith(own)).map(([key, code]) => `${place(key)}:${code}`);
  return [...new Set(told)].join();
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

/** Says what became of a model's newest release, if that was not said; an update does not fail because it cannot be told. */
async function tell(
  { app, ports, tally }: Context,
  host: ModelHost,
  { model, status, outcome }: ReleaseNews,
): Promise<void> {
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
    ...(failed && { failed: failed.slice(0, FAILED_LENGTH) }),
  };
  try {
    const file = await openStateFile(ports, `told-${model}.json`, NOT_TOLD);
    await host.withIdentity(async ({ install }) => {
      const told = JSON.stringify([install, properties]);
      if (file.get().told === told) return;
      await host.record(event, properties, ports.clock());
      // An erasure waits for this, and removes it then.
      await file.change(() => ({ format: 1, told }));
    });
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    tally.report("update", error);
  }
}

/**
 * Models that record an event `model_update` for each release that the phone was offered, once, and again when
 * something else becomes of it, where the app declares that event (`updateEvent`) and the person has consented to its
 * purpose. What ended the app is said at the next start, before anything else ends it. With it the owner sees how far a
 * roll-out has come, and the loop withdraws a release that goes wrong; an app without it rolls out blindly.
 *
 * @example
 * const models = reportUpdates(createModels({ root, channel: "stable", environment: "production" }));
 */
export function reportUpdates(open: OpenModels): OpenModels {
  return async (context, host) => {
    const models = await open(context, host);
    const say = (model: string, outcome?: UpdateOutcome): Promise<void> =>
      tell(context, host, { model, status: models.releases()[model]!, outcome });
    for (const { name } of context.app.models) await say(name);
    return {
      ...models,
      update: async (model) => {
        const outcome = await models.update(model);
        await say(namedModel(context.app, model).name, outcome);
        return outcome;
      },
    };
  };
}
