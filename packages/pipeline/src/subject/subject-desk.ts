import { createHash, randomBytes } from "node:crypto";
import { tidelineError, type AppDefinition, type Clock } from "@tideline/spec";
import {
  commit,
  countOpenRequests,
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
import { equalHex } from "./settle-request.ts";
import type { OwnerQuestion, PhoneQuestion } from "./subject-request-body.ts";

/** What the desk works with. */
export interface SubjectDeskOptions {
  readonly folder: string;
  /** The catalog, open to write under the owner's epoch. */
  readonly catalog: () => Promise<Catalog>;
  readonly pseudonymise: Pseudonymise;
  readonly clock: Clock;
  /** Today's declaration, for the names of fields in an export. */
  readonly app: AppDefinition | null;
}

/** Requests without a receipt that are kept at most: each takes a few hundred bytes. */
const MOST_OPEN = 10_000;

/** Lower-case hexadecimal SHA-256 of the bytes that hexadecimal digits stand for: an install's proof, of its secret. */
export function proofOfSecret(secret: string): string {
  return createHash("sha256").update(Buffer.from(secret, "hex")).digest("hex");
}

/** Takes requests down and answers for them; the loop settles them at its next turn. */
export interface SubjectDesk {
  /**
   * The request of a phone; the same phone asking again gets the one that is under way, or done. Before a new one is
   * taken down, `admit` may throw.
   */
  takeFromPhone(
    kind: SubjectRequestRow["kind"],
    question: PhoneQuestion,
    admit: () => void,
  ): Promise<SubjectRequestRow>;
  takeFromOwner(question: OwnerQuestion): Promise<SubjectRequestRow>;
  /** A request, for whoever shows the secret that it was made with, or for the owner; null for anybody else. */
  find(id: string, secret: string | null, isOwner: boolean): Promise<SubjectRequestRow | null>;
  /** Lines of an export that is done. */
  lines(request: SubjectRequestRow): AsyncGenerator<ExportLine>;
}

/** Opens the desk of a folder. */
export function subjectDesk({ folder, catalog, pseudonymise, clock, app }: SubjectDeskOptions): SubjectDesk {
  const take = async (
    row: Pick<SubjectRequestRow, "kind" | "install" | "subject" | "proof" | "models">,
  ): Promise<SubjectRequestRow> => {
    const open = await catalog();
    if ((await countOpenRequests(open)) >= MOST_OPEN) {
      throw tidelineError("OVERLOADED", { who: "subject", remedy: "Try again later." });
    }
    const request: SubjectRequestRow = {
      ...row,
      id: randomBytes(16).toString("hex"),
      state: "accepted",
      created_at: clock(),
      finished_at: null,
      error: null,
      receipt: null,
    };
    await commit(open, (writer) => recordRequest(writer, request));
    return request;
  };

  return Object.freeze({
    takeFromPhone: async (
      kind: SubjectRequestRow["kind"],
      { install, secret }: PhoneQuestion,
      admit: () => void,
    ) => {
      const proof = proofOfSecret(secret);
      const known = (await listRequests(await catalog(), { proof })).findLast(
        (request) => request.kind === kind && request.state !== "failed",
      );
      if (known !== undefined) return known;
      admit();
      return take({ kind, install, subject: null, proof, models: "keep" });
    },
    takeFromOwner: ({ user, models = "keep" }: OwnerQuestion) =>
      take({ kind: "erase", install: null, subject: pseudonymise(user, ""), proof: null, models }),
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
          install === null ? { kind: "user", subject: subject ?? "" } : { kind: "install", install };
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
