export { withhold, type Withheld } from "./withhold.ts";
export type { DataCategory } from "./category.ts";
export type { AccountMethod, PrivacyDeclaration } from "./declaration.ts";
export type { StorePurpose } from "./store-purpose.ts";
