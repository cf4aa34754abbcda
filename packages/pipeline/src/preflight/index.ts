export type { Finding, ShipTargets } from "./finding.ts";
export { preflight, type PreflightReport } from "./preflight.ts";
