export * from "../../boost/testing/tree-estimator-check.ts";
export * from "./kernel-suite.ts";
