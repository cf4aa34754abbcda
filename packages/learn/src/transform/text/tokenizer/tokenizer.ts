/** A text as numbers; the arrays have one length. */
export interface TokenEncoding {
  /** Numbers of the tokens. */
  readonly ids: Int32Array;
  /** Of which text a token is: 0 for the first, 1 for the second of a pair, as the post-processor says. */
  readonly typeIds: Int32Array;
  /** 1 for tokens, 0 for what only fills up. */
  readonly attentionMask: Int32Array;
  /** 1 for tokens that the post-processor or the padding put in. */
  readonly specialTokensMask: Int32Array;
}

/** How a text is encoded. */
export interface EncodeOptions {
  /** A second text that goes with the first: an answer, a sentence that may follow. */
  readonly pair?: string;
  /** Whether the post-processor adds its tokens. Default true. */
  readonly addSpecialTokens?: boolean;
}

/** Token ids of many texts: row `i` is `values.subarray(offsets[i], offsets[i + 1])`, as a series column stores them. */
export interface TokenSeries {
  /** [texts + 1] */
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/** A tokenizer that was read from a file or trained: a frozen value. */
export interface Tokenizer {
  readonly kind: "tokenizer";
  /** The model's name in the file: WordPiece, BPE, Unigram, WordLevel. */
  readonly model: string;
  /** Tokens that there are, those that were added included. */
  readonly size: number;
  /** The file that says everything; `readTokenizer` makes the same tokenizer of it. */
  readonly json: string;
  /** Texts with lone surrogates are read with U+FFFD in their places. Errors: DATA_MALFORMED for a text without tokens that the model has no unknown token for. */
  encode(text: string, options?: EncodeOptions): TokenEncoding;
  /** Many texts; padded to the longest where the file says so. */
  encodeBatch(texts: readonly string[], options?: Omit<EncodeOptions, "pair">): readonly TokenEncoding[];
  /** Ids alone, behind each other; neither filled up nor cut unless the file says so. */
  encodeSeries(texts: readonly string[], options?: Omit<EncodeOptions, "pair">): TokenSeries;
  /** Tokens as a text again; ids without a token are left out. Special tokens are left out by default. */
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecialTokens?: boolean }): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
}

/** A part of a text on its way to tokens. */
export interface TextPiece {
  readonly text: string;
  /** Code units at its start that the first character of the text as given has become; 0 for a piece from further on. */
  readonly lead: number;
  /** The number of an added token, which nothing looks into. */
  readonly id?: number;
}

/** What a model of tokens does with one piece. */
export interface TokenModel {
  /** Appends the ids of a piece. */
  tokenize(piece: string, ids: number[]): void;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** Ids are below this. */
  readonly size: number;
}
