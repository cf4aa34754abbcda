export { type Change, isCompatible, type Verdict, VERDICTS, type Witness } from "./change.ts";
export { compareApps } from "./compare-app.ts";
export { describeField } from "./describe.ts";
export { fieldCode } from "./remedy.ts";
