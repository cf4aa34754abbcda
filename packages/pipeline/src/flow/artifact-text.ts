/** Text of an artifact's bytes, UTF-8. */
export const asText = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** Bytes of an artifact's text. */
export const asBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
