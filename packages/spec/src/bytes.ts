const HEX = "0123456789abcdef";

/** Lower-case hexadecimal of bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte >> 4]! + HEX[byte & 15]!;
  return text;
}

/** One array of several, in order. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const [first, second, third] = [bytes[index]!, bytes[index + 1], bytes[index + 2]];
    text += ALPHABET[first >> 2]!;
    text += ALPHABET[((first & 3) << 4) | ((second ?? 0) >> 4)]!;
    text += second === undefined ? "=" : ALPHABET[((second & 15) << 2) | ((third ?? 0) >> 6)]!;
    text += third === undefined ? "=" : ALPHABET[third & 63]!;
  }
  return text;
}

/** Bytes of base64 text; throws a `TypeError` where the text is not base64 with padding. */
export function fromBase64(text: string): Uint8Array {
  const body = text.replace(/=+$/, "");
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(body) || text.length - body.length > 2) {
    throw new TypeError("fromBase64: expected base64 with padding");
  }
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let offset = 0;
  for (const character of body) {
    buffer = ((buffer << 6) | ALPHABET.indexOf(character)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[offset++] = (buffer >> bits) & 255;
    }
  }
  return bytes;
}
