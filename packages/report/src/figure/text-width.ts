/** Characters of system sans serif fonts by width, in parts of the font size; a little above Segoe UI and Helvetica. */
const NARROW = /[ijl|!.,:;'’`()[\]{}ftrI\s·]/u;
const WIDE = /[mwMW@%…—]|\p{Lu}/u;
const FULL = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;

/**
 * Width of a line of text in CSS pixels, estimated: there is no browser to measure it, and the reader's font is not known.
 * Rather too wide than too narrow.
 */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (NARROW.test(character)) ems += 0.36;
    else if (FULL.test(character)) ems += 1;
    else ems += WIDE.test(character) ? 0.78 : 0.6;
  }
  return ems * fontSize;
}

/** The text in lines of at most `width` CSS pixels, broken between words. */
export function wrapped(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines[lines.length - 1];
    const longer = last === undefined ? undefined : `${last} ${word}`;
    if (longer !== undefined && textWidth(longer, fontSize) <= width) lines[lines.length - 1] = longer;
    else lines.push(fitted(word, width, fontSize));
  }
  return lines.length > 0 ? lines : [''];
}

/** The text, cut to a width; at least its first letter stays. */
export function fitted(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize) > width) characters.pop();
  return `${characters.join('')}…`;
}
