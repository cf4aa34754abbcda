import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import { orNothing } from "./older-schema.ts";
import type { Row } from "./row.ts";

/** What proves that a phone is an install: the hash of its secret, as its first batch carried it. */
export type InstallProofRow = Row<"install_proof">;

/** A proof as a batch carried it. */
export interface SeenProof {
  readonly install: string;
  /** Lower-case hexadecimal SHA-256 of the install's secret. */
  readonly proof: string;
  /** When it was received, milliseconds since 1970. */
  readonly at: number;
}

/** Keeps proofs: the first one of an install stands; another one later is only counted. */
export async function recordProofs({ database }: CatalogWriter, proofs: readonly SeenProof[]): Promise<void> {
  for (const { install, proof, at } of proofs) {
    await database
      .insertInto("install_proof")
      .values({ install, proof, first_at: at, conflicts: 0 })
      .onConflict((conflict) =>
        conflict
          .column("install")
          .doUpdateSet(({ eb, ref }) => ({ conflicts: eb(ref("install_proof.conflicts"), "+", 1) }))
          .where("install_proof.proof", "<>", proof),
      )
      .execute();
  }
}

/** The proof of an install. */
export async function findProof(
  { database }: CatalogReader,
  install: string,
): Promise<InstallProofRow | undefined> {
  const query = database.selectFrom("install_proof").selectAll().where("install", "=", install);
  return orNothing(query.executeTakeFirst(), undefined);
}

/** Every proof. */
export async function listProofs({ database }: CatalogReader): Promise<readonly InstallProofRow[]> {
  return database.selectFrom("install_proof").selectAll().orderBy("install").execute();
}

/** Forgets the proofs of installs. */
export async function removeProofs({ database }: CatalogWriter, installs: readonly string[]): Promise<void> {
  for (const install of installs) {
    await database.deleteFrom("install_proof").where("install", "=", install).execute();
  }
}
