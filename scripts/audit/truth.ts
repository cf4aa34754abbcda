import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson, unusable } from "./evidence.ts";

/** A session that a phone played, as its maker knows it. */
export interface PlayedSession {
  readonly phase: string;
  readonly session: string;
  readonly activity: string;
  /** Whether the phone was turned. */
  readonly turned: boolean;
  readonly samples: number;
}

/** A phone with the truth about it. */
export interface Phone {
  readonly subject: string;
  readonly cohort: string;
  readonly user: string | null;
  readonly install: string;
  /** Its part in the fleet: which runtimes work on it, among others; null for none. */
  readonly special?: string | null;
  /** How often its client was opened on its storage. */
  readonly starts: number;
  readonly sessions: readonly PlayedSession[];
}

function isPhone(value: unknown): value is Phone {
  const phone = value as Partial<Phone> | null;
  return (
    typeof phone?.subject === "string" &&
    typeof phone.cohort === "string" &&
    typeof phone.install === "string"
  );
}

/** How often a phone noted that it was started; once where it notes nothing. */
function startsOf(folder: string): number {
  if (!existsSync(join(folder, "identity.json"))) return 1;
  return (readJson(folder, "identity.json") as { starts?: number }).starts ?? 1;
}

/** `phones.json` and each phone's `sessions.json`. */
export function readPhones(folder: string): readonly Phone[] {
  const list = readJson(folder, "phones.json");
  const rows = (Array.isArray(list) ? list : (list as { phones?: unknown } | null)?.phones) as unknown;
  if (!Array.isArray(rows) || !rows.every(isPhone)) {
    throw unusable("phones/phones.json is no list of phones with subject, cohort, user and install.");
  }
  // A phone that never played has no file of sessions.
  return rows.map((phone) => ({
    ...phone,
    starts: startsOf(join(folder, phone.subject)),
    sessions: existsSync(join(folder, phone.subject, "sessions.json"))
      ? (readJson(folder, join(phone.subject, "sessions.json")) as PlayedSession[])
      : [],
  }));
}

/** Pseudonym of each person's phone: what the lake calls the install of `phones.json`. */
export type Pseudonyms = ReadonlyMap<string, string>;

/** What a session of a person really was, by pseudonym and session. */
export function truthBySession(
  phones: readonly Phone[],
  pseudonyms: Pseudonyms,
): ReadonlyMap<string, PlayedSession> {
  const truth = new Map<string, PlayedSession>();
  for (const { install, sessions } of phones) {
    const subject = pseudonyms.get(install);
    if (subject === undefined) continue;
    for (const session of sessions) truth.set(`${subject}/${session.session}`, session);
  }
  return truth;
}
