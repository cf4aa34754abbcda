import type { AppDefinition } from "../../app.ts";
import { tidelineError } from "../../error.ts";
import { CATEGORIES } from "../category.ts";
import { ACCOUNT_METHODS, type AccountMethod } from "../declaration.ts";
import { STORE_PURPOSES, type StorePurpose } from "../store-purpose.ts";
import { appAnswers } from "./app-answer.ts";
import { csvText, parseCsv } from "./csv.ts";
import { dataUses } from "./data-use.ts";

/** Heading of the file that the Play Console exports and imports. */
const HEADING = [
  "Question ID (machine readable)",
  "Response ID (machine readable)",
  "Response value",
  "Answer requirement",
  "Human-friendly question label",
] as const;

/** An answer to a question of the form, in the form's own words for machines. */
export interface PlayAnswer {
  readonly question: string;
  /** Empty where the question has one answer. */
  readonly response: string;
  /** Empty where the answer is that it does not hold; null where the definition does not say. */
  readonly value: string | null;
  readonly requirement: "REQUIRED" | "MAYBE_REQUIRED" | "SINGLE_CHOICE" | "MULTIPLE_CHOICE" | "OPTIONAL";
  readonly label: string;
}

/** Types of the form, by group, in its order. */
export const PLAY_TYPES: Readonly<Record<string, readonly string[]>> = {
  PERSONAL: [
    "NAME",
    "EMAIL",
    "USER_ACCOUNT",
    "ADDRESS",
    "PHONE",
    "RACE_ETHNICITY",
    "POLITICAL_RELIGIOUS",
    "SEXUAL_ORIENTATION_GENDER_IDENTITY",
    "OTHER_PERSONAL",
  ],
  FINANCIAL: ["CREDIT_DEBIT_BANK_ACCOUNT_NUMBER", "PURCHASE_HISTORY", "CREDIT_SCORE", "OTHER"],
  LOCATION: ["APPROX_LOCATION", "PRECISE_LOCATION"],
  SEARCH_AND_BROWSING: ["WEB_BROWSING_HISTORY"],
  EMAIL_AND_TEXT: ["EMAILS", "SMS_CALL_LOG", "OTHER_MESSAGES"],
  PHOTOS_AND_VIDEOS: ["PHOTOS", "VIDEOS"],
  AUDIO: ["AUDIO", "MUSIC", "OTHER_AUDIO"],
  HEALTH_AND_FITNESS: ["HEALTH", "FITNESS"],
  CONTACTS: ["CONTACTS"],
  CALENDAR: ["CALENDAR"],
  APP_PERFORMANCE: ["CRASH_LOGS", "PERFORMANCE_DIAGNOSTICS", "OTHER_PERFORMANCE"],
  FILES_AND_DOCS: ["FILES_AND_DOCS"],
  APP_ACTIVITY: [
    "USER_INTERACTION",
    "IN_APP_SEARCH_HISTORY",
    "APPS_ON_DEVICE",
    "USER_GENERATED_CONTENT",
    "OTHER_APP_ACTIVITY",
  ],
  IDENTIFIERS: ["DEVICE_ID"],
};
const TYPES = Object.entries(PLAY_TYPES).flatMap(([group, types]) =>
  types.map((type) => [group, type] as const),
);

/** Purposes of the form, in its order. */
export const PLAY_PURPOSES = [
  "APP_FUNCTIONALITY",
  "ANALYTICS",
  "DEVELOPER_COMMUNICATIONS",
  "ADVERTISING",
  "FRAUD_PREVENTION_SECURITY",
  "PERSONALIZATION",
  "ACCOUNT_MANAGEMENT",
] as const;

/** What is collected of one type of the form. */
interface PlayUse {
  readonly purposes: ReadonlySet<string>;
  /** Those of them for which it is handed on; null where the definition does not say. */
  readonly shared: ReadonlySet<string> | null;
  readonly required: boolean;
}

/** What is collected, by type of the form: several categories of ours may be one of it. */
function playUses(app: AppDefinition): ReadonlyMap<string, PlayUse> {
  const uses = new Map<string, PlayUse>();
  const { shared } = appAnswers(app);
  for (const { category, purposes, required } of dataUses(app)) {
    const key = CATEGORIES[category].play.join(" ");
    const before = uses.get(key);
    const names = (of: readonly StorePurpose[]) => of.map((name) => STORE_PURPOSES[name].play);
    const handed = shared === null ? null : names(purposes.filter((name) => shared.includes(name)));
    uses.set(key, {
      purposes: new Set([...(before?.purposes ?? []), ...names(purposes)]),
      shared: handed === null ? null : new Set([...(before?.shared ?? []), ...handed]),
      required: required || before?.required === true,
    });
  }
  return uses;
}

/**
 * Every answer to the Data safety form, in its order, as far as the definition gives it: what Tideline's client collects,
 * and what the app declares of itself. Source as of `CATEGORIES`; a template of the console itself, filled by
 * {@link fillPlayTemplate}, is never out of date.
 */
export function playAnswers(app: AppDefinition): readonly PlayAnswer[] {
  const uses = playUses(app);
  const answers: PlayAnswer[] = [];
  const add = (
    question: string,
    response: string,
    value: string | null,
    requirement: PlayAnswer["requirement"],
    label: string,
  ): void => void answers.push({ question, response, value, requirement, label });
  const { deletionUrl } = app.privacy ?? {};
  const { encrypted, deletion, accounts } = appAnswers(app);
  add(
    "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA",
    "",
    String(uses.size > 0),
    "REQUIRED",
    "Does the app collect or share user data?",
  );
  const isAsked = uses.size > 0;
  const asked = (value: string | null): string | null => (isAsked ? value : "");
  add(
    "PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT",
    "",
    asked(encrypted === null ? null : String(encrypted)),
    "MAYBE_REQUIRED",
    "Is all of it encrypted in transit?",
  );
  for (const [name, response] of Object.entries(ACCOUNT_METHODS)) {
    const value = accounts === null ? null : accounts.includes(name as AccountMethod) ? "true" : "";
    const label = `Account creation / ${name.replaceAll("_", " ")}`;
    add("PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", response, value, "MULTIPLE_CHOICE", label);
  }
  add("PSL_ACM_SPECIFY", "", null, "MAYBE_REQUIRED", "Account creation / other, in words");
  const hasAccounts = accounts !== null && !accounts.includes("none");
  add(
    "PSL_ACCOUNT_DELETION_URL",
    "",
    accounts === null ? null : hasAccounts ? (deletionUrl ?? null) : "",
    "MAYBE_REQUIRED",
    "Where people ask for deletion of their account",
  );
  for (const [response, holds, label] of [
    ["DATA_DELETION_YES", deletion === "in-app" || deletion === "url", "Yes"],
    ["DATA_DELETION_NO", deletion === "none", "No"],
    ["DATA_DELETION_NO_AUTO_DELETED", false, "No, but deleted within 90 days"],
  ] as const) {
    const value = asked(deletion === null ? null : holds ? "true" : "");
    add("PSL_SUPPORT_DATA_DELETION_BY_USER", response, value, "SINGLE_CHOICE", `Data deletion / ${label}`);
  }
  add(
    "PSL_DATA_DELETION_URL",
    "",
    asked(deletionUrl ?? null),
    "MAYBE_REQUIRED",
    "Where people ask for deletion",
  );
  for (const [group, type] of TYPES) {
    const value = uses.has(`${group} ${type}`) ? "true" : "";
    add(
      `PSL_DATA_TYPES_${group}`,
      `PSL_${type}`,
      value,
      "MULTIPLE_CHOICE",
      `Data types / ${group} / ${type}`,
    );
  }
  for (const [group, type] of TYPES) {
    const use = uses.get(`${group} ${type}`);
    const prefix = `PSL_DATA_USAGE_RESPONSES:PSL_${type}:`;
    const when = (holds: boolean): string => (use !== undefined && holds ? "true" : "");
    const usage = (
      question: string,
      response: string,
      value: string | null,
      requirement: PlayAnswer["requirement"],
    ): void => {
      const words = (response || question).replace(/^PSL_(DATA_USAGE_)?/, "");
      const label = `Data usage (${type}) / ${words.toLowerCase().replaceAll("_", " ")}`;
      add(`${prefix}${question}`, response, value, requirement, label);
    };
    const handling = "PSL_DATA_USAGE_COLLECTION_AND_SHARING";
    usage(handling, "PSL_DATA_USAGE_ONLY_COLLECTED", when(true), "MULTIPLE_CHOICE");
    const unknown = use !== undefined && use.shared === null;
    const isShared = (use?.shared?.size ?? 0) > 0;
    usage(handling, "PSL_DATA_USAGE_ONLY_SHARED", unknown ? null : when(isShared), "MULTIPLE_CHOICE");
    usage("PSL_DATA_USAGE_EPHEMERAL", "", use === undefined ? "" : "false", "MAYBE_REQUIRED");
    const control = "PSL_DATA_USAGE_USER_CONTROL";
    usage("DATA_USAGE_USER_CONTROL", `${control}_OPTIONAL`, when(use?.required === false), "SINGLE_CHOICE");
    usage("DATA_USAGE_USER_CONTROL", `${control}_REQUIRED`, when(use?.required === true), "SINGLE_CHOICE");
    for (const purpose of PLAY_PURPOSES) {
      const held = use?.purposes.has(purpose) === true;
      usage("DATA_USAGE_COLLECTION_PURPOSE", `PSL_${purpose}`, when(held), "MULTIPLE_CHOICE");
    }
    for (const purpose of PLAY_PURPOSES) {
      const value = unknown ? null : when(use?.shared?.has(purpose) === true);
      usage("DATA_USAGE_SHARING_PURPOSE", `PSL_${purpose}`, value, "MULTIPLE_CHOICE");
    }
  }
  return answers;
}

/** The answers as the file that the Play Console imports (App content, Data safety, Import from CSV). */
export function playDataSafety(app: AppDefinition): string {
  const rows = playAnswers(app).map(({ question, response, value, requirement, label }) => [
    question,
    response,
    value ?? "",
    requirement,
    label,
  ]);
  return csvText([HEADING, ...rows]);
}

/**
 * Puts the answers into a file that the Play Console exported. Its rows, their order and what the definition does not
 * answer stay as they are; an answer that finds no row is refused, because the form has changed since this was written.
 *
 * @throws `DATA_MALFORMED`
 */
export function fillPlayTemplate(app: AppDefinition, template: string): string {
  const [heading, ...rows] = parseCsv(template);
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("DATA_MALFORMED", { who: "Data safety template", field, expected, received });
  };
  const column = heading?.indexOf(HEADING[2]) ?? -1;
  if (heading?.[0] !== HEADING[0] || heading[1] !== HEADING[1] || column < 0) {
    refuse("heading", HEADING.slice(0, 3).join(", "), heading?.join(", ") ?? "an empty file");
  }
  const answers = playAnswers(app);
  const key = (question: string, response: string): string => `${question} ${response}`;
  const values = new Map(answers.map((answer) => [key(answer.question, answer.response), answer.value]));
  const known = new Set(rows.map((row) => key(row[0]!, row[1] ?? "")));
  const lost = answers.find(({ question, response, value }) => value && !known.has(key(question, response)));
  if (lost !== undefined) {
    refuse(lost.question, `a row for ${lost.response || "the answer"}`, "none: the form has changed");
  }
  const filled = rows.map((row) => {
    const value = values.get(key(row[0]!, row[1] ?? ""));
    if (value == null) return row;
    const cells = [...row, ...Array.from({ length: Math.max(0, heading!.length - row.length) }, () => "")];
    cells[column] = value;
    return cells;
  });
  return csvText([heading!, ...filled]);
}
