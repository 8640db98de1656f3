// What XML 1.0 can't hold: control characters, lone surrogates and two noncharacters.
const UNPRINTABLE = /\p{Cs}|[\ufffe\uffff]|(?![\t\n\r])\p{Cc}/gu;

/** Text for SVG: markup escaped, and characters left out that XML can't hold. */
export function escapeXml(text: string): string {
  return text
    .replace(UNPRINTABLE, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

const NARROW = /[iljtfrI.,:;'|!()[\] -]/;
const WIDE = /[mwMW@%ABCDEFGHKNOPQRSUVXYZ_]/;

/** About how wide a text is drawn, in ems; on the generous side, since the reader's font isn't known. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character > '\u2e7f') width += 1.05;
    else if (NARROW.test(character)) width += 0.38;
    else if (WIDE.test(character)) width += 0.78;
    else width += 0.6;
  }
  return width;
}

/** The text, cut with an ellipsis if it is wider than `ems`. */
export function fitText(text: string, ems: number): string {
  if (textWidth(text) <= ems) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`) > ems) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
