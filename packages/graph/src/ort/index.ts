export { canonicalOrt, type CanonicalOrt } from "./canonical-ort.ts";
export { ortVersion } from "./ort-version.ts";
export {
  requiredOperators,
  requiredOrtOperators,
  type RequiredOperatorOptions,
} from "./required-operators.ts";
