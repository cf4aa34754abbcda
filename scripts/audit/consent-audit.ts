import type { AppShape } from "./evidence.ts";
import { checkEvidence, type Finding } from "./figure.ts";
import { identityOf, type Recorded } from "./journal.ts";
import { type Lake, type Row } from "./lake.ts";
import { QUARANTINE } from "./manifest.ts";

/** Texts that a person could be known by in what an event says. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return value.length >= 8 ? [value] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(textsOf);
}

/** Whether the person had consented to an event's purpose when it was recorded. */
function isConsented(app: AppShape, { name, consent }: Recorded): boolean {
  const purpose = Object.hasOwn(app.events, name) ? app.events[name]!.purpose : undefined;
  return purpose !== undefined && Array.isArray(consent) && consent.includes(purpose);
}

/**
 * Nothing of an event is kept without consent to its purpose: it has no row in its table, and its row in the
 * quarantine has no content. An event that nobody declared has no purpose to consent to.
 */
export async function auditConsent(
  app: AppShape,
  lake: Lake,
  recorded: ReadonlyMap<string, Recorded>,
): Promise<Finding> {
  const withheld = new Map([...recorded].filter(([, event]) => !isConsented(app, event)));
  const secrets = new Set([...withheld.values()].flatMap(({ properties }) => textsOf(properties)));
  for (const event of recorded.values()) {
    // What was also said with consent is no secret.
    if (isConsented(app, event)) for (const said of textsOf(event.properties)) secrets.delete(said);
  }
  const faults: string[] = [];
  const identityIn = (row: Row): string => identityOf(row as unknown as Parameters<typeof identityOf>[0]);
  for (const table of Object.keys(app.events)) {
    if (lake.manifest.tables[table] === undefined) continue;
    const rows = await lake.rows(`select install_id as install, epoch, seq from ${lake.relation(table)}`);
    for (const row of rows) {
      if (withheld.has(identityIn(row))) faults.push(`${identityIn(row)} is stored in ${table}`);
    }
  }
  const refused =
    lake.manifest.tables[QUARANTINE] === undefined
      ? []
      : await lake.rows(
          `select install_id as install, epoch, seq, content from ${lake.relation(QUARANTINE)}`,
        );
  for (const row of refused) {
    if (row["content"] === null) continue;
    const content = String(row["content"]);
    const leak = [...secrets].find((secret) => content.includes(secret));
    if (withheld.has(identityIn(row)) || leak !== undefined)
      faults.push(`${identityIn(row)} is kept in the quarantine`);
  }
  return checkEvidence("nothing is kept without consent", faults, `${withheld.size} events without it`);
}
