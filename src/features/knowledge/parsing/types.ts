import type { DocumentHeading, DocumentPage, DocumentProblem } from '../tables.ts';

/** A document as it came: bytes from a file or a site, or text that a program sent. */
export interface SourceDocument {
  readonly content: Uint8Array | string;
  /** A path or name whose ending tells the kind of content. */
  readonly name: string;
  /** What the sender says it is; a charset parameter is honoured. */
  readonly mediaType?: string | undefined;
  readonly title?: string | undefined;
}

/** Where a new piece of the text's structure begins; it reaches to the next one. */
export interface Boundary {
  readonly start: number;
  readonly headingPath: readonly string[];
  readonly page: number | null;
  /** Whether the piece is a heading, which stays with what it heads. */
  readonly heading?: boolean;
  /** Whether small neighbours under other headings may share a chunk (small functions of one file). */
  readonly joinable?: boolean;
}

export interface ParsedText {
  readonly text: string;
  readonly title: string | null;
  readonly headings: DocumentHeading[];
  readonly pages: DocumentPage[];
  /** In the order of the text. */
  readonly boundaries: Boundary[];
}

/** Thrown by parsers for content that can't be read, with the sentence that a person gets to see. */
export class UnreadableError extends Error {
  readonly problem: DocumentProblem;

  constructor(code: string, message: string, remedy?: string) {
    super(message);
    this.problem = { code, message, ...(remedy ? { remedy } : {}) };
  }
}
