import type { UntriedArea } from "./untried.ts";

export const store: UntriedArea = {
  name: "App stores",
  rows: [
    {
      feature: "`PrivacyInfo.xcprivacy` of `tideline privacy`",
      instead: "Python's plistlib reads it, and every identifier stands in Apple's lists",
      proof:
        "Xcode's privacy report of an archive, and App Store Connect taking the upload without a warning",
    },
    {
      feature: "`play-data-safety.csv` of `tideline privacy`",
      instead: "The columns and identifiers of published forms; a form made here is filled and read back",
      proof: "The Play Console imports it, or names the row that it does not take",
    },
    {
      feature: "16 KB pages, size on the store, start-up time on the store's test phones",
      instead: "Nothing: native libraries come from their makers' packages",
      proof: "`bundletool` and the Play Console's report on the sample app",
    },
  ],
};
