import type { StorePurpose } from "./store-purpose.ts";

/** How an app's accounts are made, in the words of Play's form; `none` where it has none. */
export const ACCOUNT_METHODS = {
  none: "PSL_ACM_NONE",
  password: "PSL_ACM_USER_ID_PASSWORD",
  other_authentication: "PSL_ACM_USER_ID_OTHER_AUTH",
  password_and_other: "PSL_ACM_USER_ID_PASSWORD_OTHER_AUTH",
  oauth: "PSL_ACM_OAUTH",
  other: "PSL_ACM_OTHER",
} as const;

/** A way in which accounts are made. */
export type AccountMethod = keyof typeof ACCOUNT_METHODS;

/**
 * What an app declares for its store paperwork beside its events. Plain data. What is left out stays unanswered in the
 * paperwork and is asked for by `tideline privacy`: nothing is claimed that nobody said.
 *
 * @example
 * defineApp({ ..., privacy: { endpoints: ["https://in.example"], deletion: "in-app", access: "in-app", shared: [],
 *   accounts: ["none"], deletionUrl: "https://example/erase", policyUrl: "https://example/privacy" } });
 */
export interface PrivacyDeclaration {
  /** What stores call each of the app's purposes. */
  readonly purposes?: Readonly<Record<string, StorePurpose>>;
  /** Whether the app hands a user id to the client; true unless it says that it never does. */
  readonly linked?: boolean;
  /**
   * Every base URL that the app gives to the client as `collect` and `console`. Data counts as encrypted on its way only
   * where each of them is https.
   */
  readonly endpoints?: readonly string[];
  /**
   * How a person has their data erased: `in-app` where the app calls `eraseMe`, `url` where only the page of `deletionUrl`
   * takes requests, `none` where nobody does.
   */
  readonly deletion?: "in-app" | "url" | "none";
  /** How a person sees what is held: `in-app` where the app calls `exportMe`, `on-request`, or `none`. */
  readonly access?: "in-app" | "on-request" | "none";
  /** Purposes for which data is handed on to other companies than those that work on the app's behalf; often `[]`. */
  readonly shared?: readonly StorePurpose[];
  /**
   * Domains that the app contacts to track people across other companies' apps and sites, in Apple's sense; often `[]`.
   * Only asked where anything serves advertising.
   */
  readonly trackingDomains?: readonly string[];
  /** How the app's accounts are made. */
  readonly accounts?: readonly AccountMethod[];
  /** Page where a person can ask for erasure without the app. */
  readonly deletionUrl?: string;
  /** The app's privacy policy. */
  readonly policyUrl?: string;
}
