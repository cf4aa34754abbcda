export { canonicalOrt, type CanonicalOrt } from "./canonical-ort.ts";
export { requiredOperators, type RequiredOperatorOptions } from "./required-operators.ts";
