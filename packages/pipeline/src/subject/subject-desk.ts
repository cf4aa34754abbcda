import { createHash, randomBytes } from "node:crypto";
import type { AppDefinition, Clock } from "@tideline/spec";
import {
  commit,
  findProof,
  findRequest,
  folderLayout,
  listRequests,
  recordRequest,
  type Catalog,
  type SubjectRequestRow,
} from "../catalog/index.ts";
import type { Pseudonymise } from "../ingest/index.ts";
import { latestSnapshot, openEngine } from "../lake/index.ts";
import { openArtifacts } from "../release/index.ts";
import { exportPerson, type ExportLine } from "./export-person.ts";
import { findPerson, type PersonQuestion } from "./find-person.ts";
import { requestPool, type PoolLimits } from "./request-pool.ts";
import { equalHex } from "./settle-request.ts";
import type { OwnerQuestion, PhoneQuestion } from "./subject-request-body.ts";
import { readUserQuestion, userQuestionText } from "./user-question.ts";

/** What the desk works with. */
export interface SubjectDeskOptions {
  readonly folder: string;
  /** The catalog, open to write under the owner's epoch. */
  readonly catalog: () => Promise<Catalog>;
  readonly pseudonymise: Pseudonymise;
  readonly clock: Clock;
  /** Today's declaration, for the names of fields in an export. */
  readonly app: AppDefinition | null;
  readonly limits?: PoolLimits;
}

/** Lower-case hexadecimal SHA-256 of the bytes that hexadecimal digits stand for: an install's proof, of its secret. */
export function proofOfSecret(secret: string): string {
  return createHash("sha256").update(Buffer.from(secret, "hex")).digest("hex");
}

/** Where a request of a phone comes from. */
export interface PhoneCaller {
  /** What stands for its address; it is stored nowhere. */
  readonly source: string;
  /** Called before a new request is taken down; it may throw. */
  readonly admit: () => void;
}

/** Takes requests down and answers for them; the loop settles them at its next turn. */
export interface SubjectDesk {
  /**
   * Whether a secret is that of its install, as far as the catalog knows its proof by now. It decides whose bounds
   * count and must show in no answer.
   */
  isProven(question: PhoneQuestion): Promise<boolean>;
  /** The request of a phone; the same phone asking again gets the one that is under way, or done. */
  takeFromPhone(
    kind: SubjectRequestRow["kind"],
    question: PhoneQuestion,
    caller: PhoneCaller,
  ): Promise<SubjectRequestRow>;
  /** The request of the folder's owner, which no bound of phones holds up. */
  takeFromOwner(question: OwnerQuestion): Promise<SubjectRequestRow>;
  /** A request, for whoever shows the secret that it was made with, or for the owner; null for anybody else. */
  find(id: string, secret: string | null, isOwner: boolean): Promise<SubjectRequestRow | null>;
  /** Lines of an export that is done. */
  lines(request: SubjectRequestRow): AsyncGenerator<ExportLine>;
}

/** Opens the desk of a folder. */
export function subjectDesk(options: SubjectDeskOptions): SubjectDesk {
  const { folder, catalog, pseudonymise, clock, app } = options;
  const pool = requestPool(options.limits);

  const take = async (
    row: Pick<SubjectRequestRow, "kind" | "install" | "subject" | "proof" | "models">,
  ): Promise<SubjectRequestRow> => {
    const request: SubjectRequestRow = {
      ...row,
      id: randomBytes(16).toString("hex"),
      state: "accepted",
      created_at: clock(),
      finished_at: null,
      error: null,
      receipt: null,
    };
    await commit(await catalog(), (writer) => recordRequest(writer, request));
    return request;
  };

  const isProven = async ({ install, secret }: PhoneQuestion): Promise<boolean> => {
    const known = (await findProof(await catalog(), install))?.proof ?? "0".repeat(64);
    return equalHex(known, proofOfSecret(secret));
  };

  return Object.freeze({
    isProven,
    takeFromPhone: async (
      kind: SubjectRequestRow["kind"],
      question: PhoneQuestion,
      { source, admit }: PhoneCaller,
    ) => {
      const { install, secret } = question;
      const proof = proofOfSecret(secret);
      const known = (await listRequests(await catalog(), { proof })).findLast(
        (request) => request.kind === kind && request.state !== "failed",
      );
      if (known !== undefined) return known;
      admit();
      await pool.makeRoom(await catalog(), await isProven(question), source);
      const request = await take({ kind, install, subject: null, proof, models: "keep" });
      pool.note(request.id, source);
      return request;
    },
    takeFromOwner: ({
      user,
      models = "keep",
      with: also = [],
      without = [],
      only = false,
    }: OwnerQuestion) => {
      const asked = { subject: pseudonymise(user, ""), with: also, without, only };
      return take({ kind: "erase", install: null, subject: userQuestionText(asked), proof: null, models });
    },
    find: async (id: string, secret: string | null, isOwner: boolean) => {
      const shown = proofOfSecret(secret ?? "");
      const request = await findRequest(await catalog(), id);
      // The same work for one that is not there.
      const isShown = equalHex(request?.proof ?? "0".repeat(64), shown) && secret !== null;
      return request !== undefined && (isShown || isOwner) ? request : null;
    },
    async *lines({ install, subject }: SubjectRequestRow) {
      const layout = folderLayout(folder);
      const engine = await openEngine({ temporary: layout.temporary, threads: 1 });
      try {
        const open = await catalog();
        const snapshot = await latestSnapshot(open, folder);
        const question: PersonQuestion =
          install === null
            ? { kind: "user", ...readUserQuestion(subject ?? "") }
            : { kind: "install", install };
        const anonymous = (name: string): string => pseudonymise(null, name);
        const person = await findPerson({ folder, engine, snapshot, anonymous }, question, "export");
        const artifacts = await openArtifacts(layout.artifact);
        const source = { folder, engine, catalog: open, artifacts, snapshot, app, now: clock() };
        yield* exportPerson(source, person);
      } finally {
        await engine.close();
      }
    },
  });
}
