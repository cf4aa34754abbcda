export { compressionPage, type CompressionPageOptions } from "./compression-page.ts";
export { benchmarkPage, type BenchmarkPageOptions } from "./benchmark-page.ts";
export { PAGE_MARK, type PageOptions } from "./page.ts";
export { profilePage, type ProfilePageOptions } from "./profile-page.ts";
export { qualityPage } from "./quality-page.ts";
export type { Reading, Rejected } from "./reading-part.ts";
