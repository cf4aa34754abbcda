import type { Envelope } from "@tideline/spec";
import {
  commit,
  latestRelease,
  listErased,
  listReleases,
  recordAlert,
  updateRequest,
  type CatalogWriter,
  type SubjectRequestRow,
} from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import {
  cleanResidue,
  enterLedger,
  eraseFromLake,
  forgetDerived,
  scrubLogs,
  type ErasureContext,
} from "./erasure-step.ts";
import { signReceipt, type ErasureReceipt } from "./receipt.ts";
import type { TaughtModel } from "./trained-on.ts";

/** Runs a step once and records its output, as the flows of the pipeline do: their `FlowStep`. */
export type ErasureStep = <Output>(
  name: string,
  input: unknown,
  work: () => Promise<Output>,
) => Promise<Output>;

/** Kind of the alert that asks for a retraining because somebody whom a release had learned from has left. */
export const ERASURE_ALERT = "erasure";

/** What an erasure in a folder cannot reach. */
const REMAINS: readonly string[] = [
  "backups of the folder, and copies of it such as evidence that was left elsewhere",
  "what the phone itself holds until it is wiped there",
  "aggregates: parameters of models, bin edges of drift references, counts and scores",
];

/** Asks for a retraining of every model whose release on offer had learned from the person. */
async function askForRetraining(
  { clock }: ErasureContext,
  writer: CatalogWriter,
  request: string,
  models: readonly TaughtModel[],
): Promise<void> {
  const taught = new Set(models.flatMap(({ releases }) => releases));
  const channels = new Set((await listReleases(writer)).map(({ channel }) => channel));
  for (const channel of channels) {
    const offered = await latestRelease(writer, channel);
    if (offered === undefined || !taught.has(`${channel}/${offered.version}`)) continue;
    await recordAlert(writer, {
      id: `${ERASURE_ALERT}/${request}/${channel}`,
      kind: ERASURE_ALERT,
      model: channel.slice(0, channel.indexOf("/")),
      release: offered.id,
      created_at: clock(),
      detail: { reason: "a person whom it had learned from has left", request, stableUntil: 0 },
      state: "open",
    });
  }
}

/**
 * Erases a person from a folder, in recorded steps: killed anywhere, the same request goes on where it was. While it
 * runs nothing else may compact, train or read old snapshots in this process. Answers the signed receipt.
 *
 * @throws `UNAVAILABLE` where a living writer of a log or a reader of the catalog does not let go: try again
 * @example
 * await runFlow(context, { name: "erase", input: { request: request.id } }, (step) => erasePerson(context, request, step));
 */
export async function erasePerson(
  context: ErasureContext,
  request: SubjectRequestRow,
  step: ErasureStep,
): Promise<Envelope> {
  const { catalog, clock, keys, app } = context;
  const { id, models } = request;
  const plan = await step("ledger", id, () => enterLedger(context, request));
  await step("log", id, () => scrubLogs(context, id, plan));
  const lake = await step("lake", id, () => eraseFromLake(context, id, plan));
  await step("derived", id, () => forgetDerived(context, id, plan));
  // Who asked goes before the catalog is written anew.
  await step("name", id, async () => {
    await commit(catalog, (writer) => updateRequest(writer, id, { install: null, subject: null }));
    return null;
  });
  await step("residue", id, async () => {
    await cleanResidue(context);
    return null;
  });
  const { models: trained, ...removed } = plan.found;
  const refused = (await listErased(catalog, id)).map(({ kind, hash }) => ({ kind, hash }));
  return step("receipt", id, async () => {
    const receipt: ErasureReceipt = {
      type: "receipt",
      format: 1,
      kind: "erase",
      app,
      request: id,
      requested_at: request.created_at,
      erased_at: plan.erasedAt,
      refused,
      removed,
      ...(plan.aliases === undefined ? {} : { aliases: plan.aliases }),
      snapshot: lake.snapshot,
      models: { policy: models, trained },
      remains: REMAINS,
    };
    const envelope = signReceipt(receipt, keys.releaseKey);
    crashPoint("subject.receipt.before_commit");
    await commit(catalog, async (writer) => {
      if (models === "retrain") await askForRetraining(context, writer, id, trained);
      await updateRequest(writer, id, {
        state: "done",
        finished_at: clock(),
        error: null,
        receipt: envelope,
      });
    });
    crashPoint("subject.receipt.after_commit");
    return envelope;
  });
}
