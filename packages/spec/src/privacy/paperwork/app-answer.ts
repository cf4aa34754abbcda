import type { AppDefinition } from "../../app.ts";
import { tidelineError } from "../../error.ts";
import { ACCOUNT_METHODS, type AccountMethod, type PrivacyDeclaration } from "../declaration.ts";
import { STORE_PURPOSES, type StorePurpose } from "../store-purpose.ts";
import { dataUses } from "./data-use.ts";

/** What stores ask of an app as a whole, as far as its definition answers it: null where it says nothing. */
export interface AppAnswers {
  /** Whether everything travels encrypted: whether every declared address is https. */
  readonly encrypted: boolean | null;
  readonly deletion: PrivacyDeclaration["deletion"] | null;
  readonly access: PrivacyDeclaration["access"] | null;
  readonly shared: readonly StorePurpose[] | null;
  /** Domains that track; empty also where nothing serves advertising, so that nothing can. */
  readonly tracking: readonly string[] | null;
  readonly accounts: readonly AccountMethod[] | null;
}

/** A web address that is encrypted on its way. */
const isEncrypted = (url: string): boolean => /^https:\/\/[^\s/?#]/i.test(url);

/** Addresses of an app that are not encrypted on their way. */
export function plainEndpoints(app: AppDefinition): readonly string[] {
  return (app.privacy?.endpoints ?? []).filter((url) => !isEncrypted(url));
}

/** Refuses a word that is none of those that a member may have: a definition may come from JavaScript. */
function oneOf<Word extends string>(
  app: AppDefinition,
  member: keyof PrivacyDeclaration,
  words: readonly Word[],
  said: readonly unknown[],
): void {
  const odd = said.find((one) => one !== undefined && !words.includes(one as Word));
  if (odd === undefined) return;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: `app "${app.name}"`,
    field: `privacy.${member}`,
    expected: `one of ${words.join(", ")}`,
    received: String(odd),
  });
}

/**
 * The answers of an app.
 *
 * @throws `DEFINITION_ILLEGAL` for a word that a declaration does not know.
 * @example
 * appAnswers(defineApp({ ..., privacy: { endpoints: ["http://10.0.0.1"] } })).encrypted; // false
 */
export function appAnswers(app: AppDefinition): AppAnswers {
  const {
    endpoints = [],
    deletion,
    access,
    shared,
    trackingDomains,
    accounts,
    deletionUrl,
  } = app.privacy ?? {};
  oneOf(app, "deletion", ["in-app", "url", "none"], [deletion]);
  oneOf(app, "access", ["in-app", "on-request", "none"], [access]);
  oneOf(app, "shared", Object.keys(STORE_PURPOSES), shared ?? []);
  oneOf(app, "accounts", Object.keys(ACCOUNT_METHODS), accounts ?? []);
  const advertises =
    shared?.includes("advertising") === true ||
    dataUses(app).some(({ purposes }) => purposes.includes("advertising"));
  return {
    encrypted: endpoints.length === 0 ? null : endpoints.every(isEncrypted),
    deletion: deletion === "url" && deletionUrl === undefined ? null : (deletion ?? null),
    access: access ?? null,
    shared: shared ?? null,
    tracking: trackingDomains ?? (advertises ? null : []),
    accounts: accounts === undefined || accounts.length === 0 ? null : accounts,
  };
}
