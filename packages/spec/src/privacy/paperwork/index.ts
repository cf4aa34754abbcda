export { ACCESSED_APIS, applePrivacyKeys, type ApplePrivacyKeys, applePrivacyManifest } from "./apple.ts";
export { type DataSource, type DataUse, dataUses } from "./data-use.ts";
export { type PrivacyFinding, privacyFindings } from "./finding.ts";
export { type PrivacyLabel, privacyLabel } from "./label.ts";
export { labelMarkdown } from "./markdown.ts";
export { labelPage } from "./page.ts";
export { fillPlayTemplate, type PlayAnswer, playAnswers, playDataSafety } from "./play.ts";
