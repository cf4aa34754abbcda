export { canonicalOrt, type CanonicalOrt } from "./canonical-ort.ts";
export { ortVersion } from "./ort-version.ts";
export { requiredOperators, type RequiredOperatorOptions } from "./required-operators.ts";
