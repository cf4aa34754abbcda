/**
 * What stores call the reasons for collecting data: `apple` is the ending of
 * `NSPrivacyCollectedDataTypePurpose…`, `play` that of the Data safety form's answers. Sources as of `CATEGORIES`.
 */
export const STORE_PURPOSES = {
  app_functionality: { apple: "AppFunctionality", play: "APP_FUNCTIONALITY", words: "to make the app work" },
  analytics: { apple: "Analytics", play: "ANALYTICS", words: "to see how the app is used" },
  personalization: {
    apple: "ProductPersonalization",
    play: "PERSONALIZATION",
    words: "to suit the app to you",
  },
  developer_communications: {
    apple: "DeveloperAdvertising",
    play: "DEVELOPER_COMMUNICATIONS",
    words: "to send you news",
  },
  advertising: { apple: "ThirdPartyAdvertising", play: "ADVERTISING", words: "for advertisements" },
  fraud_prevention: {
    apple: "AppFunctionality",
    play: "FRAUD_PREVENTION_SECURITY",
    words: "to prevent fraud and abuse",
  },
  account_management: {
    apple: "AppFunctionality",
    play: "ACCOUNT_MANAGEMENT",
    words: "to keep your account",
  },
  other: { apple: "Other", play: "APP_FUNCTIONALITY", words: "for something else, as said below" },
} as const satisfies Record<
  string,
  { readonly apple: string; readonly play: string; readonly words: string }
>;

/** A store's name for a purpose. */
export type StorePurpose = keyof typeof STORE_PURPOSES;
