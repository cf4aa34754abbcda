export { requiredOperators, type RequiredOperatorOptions } from "./required-operators.ts";
