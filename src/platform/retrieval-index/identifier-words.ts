const IDENTIFIER = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const CAMEL_BOUNDARY = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/**
 * The words inside the identifiers of `text`, so that a name and its words find each other.
 * The index's tokenizer already splits snake_case at the underscore and never splits camelCase, so this adds the
 * words of camelCase names, and for snake_case names the joined form, which equals the lower-cased camelCase one.
 */
export function identifierWords(text: string): string[] {
  const words: string[] = [];
  for (const name of text.match(IDENTIFIER) ?? []) {
    const pieces = name.split(/[_$]+/).filter(Boolean);
    if (pieces.length > 1) words.push(pieces.join(''));
    for (const piece of pieces) {
      const parts = piece.split(CAMEL_BOUNDARY);
      if (parts.length > 1) words.push(...parts);
    }
  }
  return words;
}
