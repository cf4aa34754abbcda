export * from "./factorise.ts";
