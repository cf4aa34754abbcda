export { qualityPage, type PageOptions } from "./quality-page.ts";
