import { flagField, listField, malformed, type JsonPart } from "./json-part.ts";
import { codePoints } from "./word-piece.ts";
import type { TokenModel } from "./tokenizer.ts";

/** How much less likely than the least likely token an unknown character is, in logarithms, as in SentencePiece. */
const UNKNOWN_PENALTY = 10;
const utf8 = new TextEncoder();

/** Tokens by their code units: each node a map of its own, made as tokens need it. */
interface TrieNode {
  id: number;
  readonly next: Map<number, TrieNode>;
}

/**
 * A unigram language model of tokens: of all ways to cut a text the most likely one, found by Viterbi's algorithm
 * (T. Kudo, "Subword regularization", 2018). Unknown characters that stand together are one token, or the tokens of their bytes.
 */
export function unigram(part: JsonPart): TokenModel {
  const { tokens, scores } = readScores(part);
  const unknown = part.fields["unk_id"] ?? undefined;
  if (
    unknown !== undefined &&
    !(Number.isInteger(unknown) && (unknown as number) >= 0 && (unknown as number) < tokens.length)
  )
    throw malformed(`${part.where}.unk_id`, "the number of a token", unknown);
  const unknownId = unknown as number | undefined;
  const byBytes = flagField(part, "byte_fallback", false);
  const vocabulary = new Map(tokens.map((token, id) => [token, id]));
  const root: TrieNode = { id: -1, next: new Map() };
  for (const [token, id] of vocabulary) insert(root, token, id);
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
  const bytes = Array.from({ length: 256 }, (_, byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );

  const put = (text: string, ids: number[]): void => {
    const id = vocabulary.get(text);
    if (id !== undefined) {
      ids.push(id);
      return;
    }
    if (byBytes) {
      const found = Array.from(utf8.encode(text), (byte) => bytes[byte]);
      if (found.every((one) => one !== undefined)) {
        for (const one of found) ids.push(one);
        return;
      }
    }
    ids.push(unknownId!);
  };

  return Object.freeze({
    size: tokens.length,
    tokenToId: (token: string) => vocabulary.get(token),
    idToToken: (id: number) => tokens[id],
    tokenize(piece: string, ids: number[]) {
      const length = piece.length;
      const best = new Float64Array(length + 1);
      const from = new Int32Array(length + 1).fill(-1);
      const by = new Int32Array(length + 1);
      for (let start = 0; start < length;) {
        const wide = piece.codePointAt(start)! > 0xffff ? 2 : 1;
        const sofar = best[start]!;
        let single = false;
        let node: TrieNode | undefined = root;
        for (let end = start; end < length;) {
          node = node.next.get(piece.charCodeAt(end++));
          if (node === undefined) break;
          if (node.id < 0) continue;
          const score = scores[node.id]! + sofar;
          if (from[end]! < 0 || score > best[end]!) {
            best[end] = score;
            from[end] = start;
            by[end] = node.id;
          }
          if (end === start + wide) single = true;
        }
        const end = start + wide;
        if (!single) {
          const score = unknownScore + sofar;
          if (from[end]! < 0 || score > best[end]!) {
            if (unknownId === undefined)
              throw malformed(part.where, "an unk_id, for a character outside vocab", piece);
            best[end] = score;
            from[end] = start;
            by[end] = unknownId;
          }
        }
        start = end;
      }
      const cuts: number[] = [];
      for (let end = length; end > 0;) {
        cuts.push(end);
        let start = from[end]!;
        if (by[end] === unknownId) while (start > 0 && by[start] === unknownId) start = from[start]!;
        end = start;
      }
      for (let at = cuts.length - 1; at >= 0; at--) put(piece.slice(cuts[at + 1] ?? 0, cuts[at]), ids);
    },
  });
}

function insert(root: TrieNode, token: string, id: number): void {
  let node = root;
  for (let at = 0; at < token.length; at++) {
    const unit = token.charCodeAt(at);
    let next = node.next.get(unit);
    if (next === undefined) {
      next = { id: -1, next: new Map() };
      node.next.set(unit, next);
    }
    node = next;
  }
  if (token !== "") node.id = id;
}

function readScores(part: JsonPart): { readonly tokens: readonly string[]; readonly scores: Float64Array } {
  const rows = listField(part, "vocab");
  const scores = new Float64Array(rows.length);
  const tokens = rows.map((row, at) => {
    const [token, score] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    if (typeof token !== "string" || typeof score !== "number" || codePoints(token) > 10_000)
      throw malformed(`${part.where}.vocab[${at}]`, "a token and its score", row);
    scores[at] = score;
    return token;
  });
  return { tokens, scores };
}
