export * from "./artifact.ts";
export * from "./key.ts";
export * from "./make-release.ts";
export * from "./parity.ts";
export { releasePorts } from "./release-port.ts";
export * from "./shelf.ts";
export * from "./sign.ts";
export * from "./vectors.ts";
