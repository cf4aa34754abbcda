export { withhold, type Withheld } from "./withhold.ts";
export type { DataCategory } from "./category.ts";
export type { PrivacyDeclaration, StorePurpose } from "./store-purpose.ts";
