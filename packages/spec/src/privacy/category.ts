/**
 * Kinds of personal data that both stores ask about, as an app declares them on events and fields: `apple` is the
 * ending of `NSPrivacyCollectedDataType…`, `play` the group and type of the Data safety form.
 *
 * Sources: Apple, "Describing data use in privacy manifests"
 * (https://developer.apple.com/documentation/bundleresources/describing-data-use-in-privacy-manifests); Google, "Provide
 * information for Google Play's Data safety section" (https://support.google.com/googleplay/android-developer/answer/10787469)
 * and the identifiers of the CSV file that the Play Console exports. Where a store has no type of its own, the nearest
 * one that discloses more is named.
 */
export const CATEGORIES = {
  name: { apple: "Name", play: ["PERSONAL", "NAME"], words: "Name" },
  email: { apple: "EmailAddress", play: ["PERSONAL", "EMAIL"], words: "Email address" },
  phone: { apple: "PhoneNumber", play: ["PERSONAL", "PHONE"], words: "Phone number" },
  address: { apple: "PhysicalAddress", play: ["PERSONAL", "ADDRESS"], words: "Postal address" },
  other_contact: {
    apple: "OtherUserContactInfo",
    play: ["PERSONAL", "OTHER_PERSONAL"],
    words: "Other ways to reach you",
  },
  ethnicity: { apple: "SensitiveInfo", play: ["PERSONAL", "RACE_ETHNICITY"], words: "Ethnicity" },
  beliefs: {
    apple: "SensitiveInfo",
    play: ["PERSONAL", "POLITICAL_RELIGIOUS"],
    words: "Political or religious beliefs",
  },
  orientation: {
    apple: "SensitiveInfo",
    play: ["PERSONAL", "SEXUAL_ORIENTATION_GENDER_IDENTITY"],
    words: "Sexual orientation or gender identity",
  },
  sensitive: { apple: "SensitiveInfo", play: ["PERSONAL", "OTHER_PERSONAL"], words: "Sensitive facts" },
  user_id: { apple: "UserID", play: ["PERSONAL", "USER_ACCOUNT"], words: "User id" },
  device_id: { apple: "DeviceID", play: ["IDENTIFIERS", "DEVICE_ID"], words: "Id of the app's installation" },
  payment: {
    apple: "PaymentInfo",
    play: ["FINANCIAL", "CREDIT_DEBIT_BANK_ACCOUNT_NUMBER"],
    words: "Payment details",
  },
  credit: { apple: "CreditInfo", play: ["FINANCIAL", "CREDIT_SCORE"], words: "Credit score" },
  purchase_history: {
    apple: "PurchaseHistory",
    play: ["FINANCIAL", "PURCHASE_HISTORY"],
    words: "Purchases",
  },
  other_financial: { apple: "OtherFinancialInfo", play: ["FINANCIAL", "OTHER"], words: "Other finances" },
  health: { apple: "Health", play: ["HEALTH_AND_FITNESS", "HEALTH"], words: "Health" },
  fitness: {
    apple: "Fitness",
    play: ["HEALTH_AND_FITNESS", "FITNESS"],
    words: "Movement and exercise",
  },
  precise_location: {
    apple: "PreciseLocation",
    play: ["LOCATION", "PRECISE_LOCATION"],
    words: "Precise location",
  },
  coarse_location: {
    apple: "CoarseLocation",
    play: ["LOCATION", "APPROX_LOCATION"],
    words: "Approximate location",
  },
  contacts: { apple: "Contacts", play: ["CONTACTS", "CONTACTS"], words: "Contacts" },
  calendar: { apple: "OtherDataTypes", play: ["CALENDAR", "CALENDAR"], words: "Calendar" },
  emails: { apple: "EmailsOrTextMessages", play: ["EMAIL_AND_TEXT", "EMAILS"], words: "Emails" },
  texts: {
    apple: "EmailsOrTextMessages",
    play: ["EMAIL_AND_TEXT", "SMS_CALL_LOG"],
    words: "Text messages",
  },
  messages: {
    apple: "EmailsOrTextMessages",
    play: ["EMAIL_AND_TEXT", "OTHER_MESSAGES"],
    words: "Messages within the app",
  },
  photos: { apple: "PhotosorVideos", play: ["PHOTOS_AND_VIDEOS", "PHOTOS"], words: "Photos" },
  videos: { apple: "PhotosorVideos", play: ["PHOTOS_AND_VIDEOS", "VIDEOS"], words: "Videos" },
  audio: { apple: "AudioData", play: ["AUDIO", "AUDIO"], words: "Voice and sound" },
  music: { apple: "AudioData", play: ["AUDIO", "MUSIC"], words: "Music files" },
  other_audio: { apple: "AudioData", play: ["AUDIO", "OTHER_AUDIO"], words: "Other sound files" },
  files: {
    apple: "OtherUserContent",
    play: ["FILES_AND_DOCS", "FILES_AND_DOCS"],
    words: "Files and documents",
  },
  gameplay: { apple: "GameplayContent", play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"], words: "Gameplay" },
  customer_support: {
    apple: "CustomerSupport",
    play: ["APP_ACTIVITY", "USER_GENERATED_CONTENT"],
    words: "Requests to support",
  },
  user_content: {
    apple: "OtherUserContent",
    play: ["APP_ACTIVITY", "USER_GENERATED_CONTENT"],
    words: "What you write or make",
  },
  browsing_history: {
    apple: "BrowsingHistory",
    play: ["SEARCH_AND_BROWSING", "WEB_BROWSING_HISTORY"],
    words: "Web pages visited",
  },
  search_history: {
    apple: "SearchHistory",
    play: ["APP_ACTIVITY", "IN_APP_SEARCH_HISTORY"],
    words: "Searches within the app",
  },
  installed_apps: {
    apple: "OtherUsageData",
    play: ["APP_ACTIVITY", "APPS_ON_DEVICE"],
    words: "Other apps installed",
  },
  product_interaction: {
    apple: "ProductInteraction",
    play: ["APP_ACTIVITY", "USER_INTERACTION"],
    words: "How you use the app",
  },
  other_usage: {
    apple: "OtherUsageData",
    play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"],
    words: "Other activity in the app",
  },
  advertising_data: {
    apple: "AdvertisingData",
    play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"],
    words: "Advertisements seen",
  },
  crash_data: { apple: "CrashData", play: ["APP_PERFORMANCE", "CRASH_LOGS"], words: "Crashes" },
  performance_data: {
    apple: "PerformanceData",
    play: ["APP_PERFORMANCE", "PERFORMANCE_DIAGNOSTICS"],
    words: "Performance",
  },
  other_diagnostic: {
    apple: "OtherDiagnosticData",
    play: ["APP_PERFORMANCE", "OTHER_PERFORMANCE"],
    words: "Other diagnostics",
  },
  environment_scanning: {
    apple: "EnvironmentScanning",
    play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"],
    words: "Scans of your surroundings",
  },
  hands: { apple: "Hands", play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"], words: "Movement of your hands" },
  head: { apple: "Head", play: ["APP_ACTIVITY", "OTHER_APP_ACTIVITY"], words: "Movement of your head" },
  other: { apple: "OtherDataTypes", play: ["PERSONAL", "OTHER_PERSONAL"], words: "Other data" },
} as const satisfies Record<
  string,
  { readonly apple: string; readonly play: readonly [group: string, type: string]; readonly words: string }
>;

/** What kind of personal data an event or field holds. */
export type DataCategory = keyof typeof CATEGORIES;
