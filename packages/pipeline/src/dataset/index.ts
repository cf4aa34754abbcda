export * from "./consent-sql.ts";
export * from "./label-sql.ts";
export * from "./person-as-of.ts";
export * from "./person-sql.ts";
export * from "./relation.ts";
export * from "./spine-sql.ts";
