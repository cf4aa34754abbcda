/** Stands in content that nobody consented to: wherever it turns up behind the ingest server, consent was broken. */
export const CANARY = "canary-without-consent-5d1e9c";
