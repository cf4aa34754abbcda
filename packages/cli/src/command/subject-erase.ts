import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  commit,
  derivedPeople,
  erasePerson,
  findPerson,
  findRequest,
  folderLayout,
  latestSnapshot,
  namedScope,
  openArtifacts,
  openCatalog,
  openEngine,
  openKeys,
  ownFolder,
  pseudonymiser,
  readOwner,
  recordRequest,
  releasePorts,
  runFlow,
  settleRequests,
  survey,
  verifyReceipt,
  userQuestionText,
  type ErasureReceipt,
  type OwnerFile,
  type Survey,
  type UserQuestion,
} from "@tideline/pipeline";
import { tidelineError, type Envelope } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { folderSecrets } from "../server/secret.ts";
import { askOwner } from "./ask-owner.ts";
import { locateFolder, withFolder } from "./open-folder.ts";
import { readRootChain } from "./root-chain.ts";
import { linkedText, surveyText, type ClaimedNames } from "./subject-text.ts";

/** Options of `tideline subject erase`. */
export interface SubjectEraseOptions {
  readonly folder: string;
  /** The app's id of the person. */
  readonly user: string;
  /** Which ids that phones claimed to be the person's are meant, beyond the ones that the phones bear out. */
  readonly aliases?: Omit<UserQuestion, "subject">;
  /** Says what would go, and changes nothing. */
  readonly dryRun: boolean;
  /** What becomes of models that had learned from the person. */
  readonly models: "keep" | "retrain";
  /** Milliseconds that a living owner has. */
  readonly patience?: number;
}

/** A living owner waits for a training that is under way before it erases. */
const PATIENCE = 30 * 60_000;

/** Milliseconds between looks. */
const LOOK = 200;

/** What a folder holds of a user, or, where that is not asked for, only the other ids of the user. */
async function findHeld(
  { folder: named, user, aliases }: SubjectEraseOptions,
  isSurveyed: boolean,
): Promise<{ folder: string; claimed: ClaimedNames; found: Survey | null }> {
  return withFolder(named, async ({ folder, catalog }) => {
    const { pseudonymKey } = await folderSecrets(folder);
    const pseudonymise = pseudonymiser(pseudonymKey);
    const temporary = await mkdtemp(join(tmpdir(), "tideline-survey-"));
    const engine = await openEngine({ temporary, threads: 1 });
    try {
      const snapshot = await latestSnapshot(catalog, folder);
      const anonymous = (install: string): string => pseudonymise(null, install);
      const question = { kind: "user", subject: pseudonymise(user, ""), ...aliases } as const;
      const person = await findPerson({ folder, engine, snapshot, anonymous }, question, "erase");
      const { installs, subjects, pairs, gone, linked, passedOver } = person;
      const claimed = { linked, passedOver };
      if (!isSurveyed) return { folder, claimed, found: null };
      const layout = folderLayout(folder);
      const artifacts = await openArtifacts(layout.artifact);
      const scope = namedScope(installs, subjects, pairs, gone);
      const found = await survey({ layout, catalog, engine, artifacts }, scope, derivedPeople(person));
      return { folder, claimed, found };
    } finally {
      await engine.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** The state of a request as the owner's console tells it. */
interface ToldRequest {
  readonly request: string;
  readonly state: "accepted" | "running" | "done" | "failed";
  readonly receipt?: Envelope;
  readonly error?: string;
}

/** Asks the living owner of a folder, and waits until it is done. */
async function eraseByOwner(
  owner: OwnerFile,
  { user, models, aliases, patience = PATIENCE }: SubjectEraseOptions,
): Promise<Envelope> {
  const body = { format: 1, user, models, ...aliases };
  const { request } = await askOwner<ToldRequest>(owner, "/v1/subject/owner/erase", { body });
  const until = Date.now() + patience;
  for (;;) {
    const { state, receipt, error } = await askOwner<ToldRequest>(owner, `/v1/subject/requests/${request}`);
    if (state === "done" && receipt !== undefined) return receipt;
    if (state === "failed" || Date.now() > until) {
      throw tidelineError("UNAVAILABLE", {
        who: `process ${owner.pid}`,
        field: `request ${request}`,
        expected: "an erasure",
        received: error ?? state,
        remedy: "What it took down it goes on with; ask again, or look at tideline subject requests.",
      });
    }
    await pause(LOOK);
  }
}

/** Erases in this process, which owns the folder meanwhile. */
async function eraseHere(folder: string, { user, models, aliases }: SubjectEraseOptions): Promise<Envelope> {
  const owner = await ownFolder(folder, { command: "tideline subject erase" });
  try {
    const catalog = await openCatalog(folder, { epoch: owner.epoch });
    try {
      const { pseudonymKey } = await folderSecrets(folder);
      const pseudonymise = pseudonymiser(pseudonymKey);
      const keys = await openKeys(join(folder, "keys"), { now: Date.now() });
      const snapshot = await latestSnapshot(catalog, folder);
      const context = {
        owner,
        catalog,
        artifacts: await openArtifacts(owner.layout.artifact),
        keys,
        app: snapshot?.manifest.app ?? "",
        clock: Date.now,
        anonymous: (install: string) => pseudonymise(null, install),
        isServed: false,
      };
      const id = randomBytes(16).toString("hex");
      await commit(catalog, (writer) =>
        recordRequest(writer, {
          id,
          kind: "erase",
          install: null,
          subject: userQuestionText({ subject: pseudonymise(user, ""), ...aliases }),
          proof: null,
          models,
          state: "accepted",
          created_at: Date.now(),
          finished_at: null,
          error: null,
          receipt: null,
        }),
      );
      let fault: unknown;
      await settleRequests({
        catalog,
        clock: Date.now,
        only: id,
        erase: async (request) => {
          const flow = { name: "erase", input: { request: request.id } };
          await runFlow(context, flow, (step) => erasePerson(context, request, step));
        },
        onFault: (request, error) => {
          if (request.id === id) fault = error;
        },
      });
      const receipt = (await findRequest(catalog, id))?.receipt;
      if (receipt != null) return receipt;
      throw fault;
    } finally {
      await catalog.close();
    }
  } finally {
    owner.release();
  }
}

/** The receipt for a person. */
function receiptText({ request, snapshot, models, refused, removed, remains }: ErasureReceipt): string {
  return [
    surveyText({ ...removed, models: models.trained }),
    "",
    `snapshot   ${snapshot ?? "none"}`,
    `refused    ${refused.length} from now on`,
    `models     ${models.trained.length === 0 ? "none had learned from the person" : models.policy}`,
    `receipt    ${request}, signed; tideline verify holds it against the folder's roots`,
    ...remains.map((what) => `not here   ${what}`),
  ].join("\n");
}

/**
 * `tideline subject erase`: erases a user of the app from a folder, through the process that owns it where one lives,
 * else in this one; with `--dry-run` says what would go.
 *
 * @throws `FOLDER_INVALID`, `FOLDER_OWNED` where a process owns it that serves no console, what that process refuses,
 * `UNAVAILABLE`
 */
export async function subjectEraseCommand(options: SubjectEraseOptions): Promise<CommandResult> {
  // Names of others' ids stand in no receipt: they are told here, and kept nowhere.
  const { claimed, found } = await findHeld(options, options.dryRun);
  const folder = await locateFolder(options.folder);
  if (found !== null) {
    const text = `${surveyText(found)}${linkedText(claimed)}`;
    return { value: { folder, dryRun: true, found, aliases: claimed.linked }, text };
  }
  const living = await readOwner(folder);
  const isAsked = living !== null && living.addresses.console !== null && living.token !== null;
  const envelope = isAsked ? await eraseByOwner(living, options) : await eraseHere(folder, options);
  const receipt = await verifyReceipt(envelope, await readRootChain(folder), releasePorts);
  return {
    value: { folder, dryRun: false, receipt, envelope, aliases: claimed.linked },
    text: `${receiptText(receipt)}${linkedText(claimed)}`,
  };
}
