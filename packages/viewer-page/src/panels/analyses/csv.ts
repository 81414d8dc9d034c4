/** Rows of a CSV file (RFC 4180), the header first; at most `most` of them. */
export function parseCsv(text: string, most: number): { readonly rows: readonly string[][]; readonly more: boolean } {
  const rows: string[][] = [];
  let [row, cell, quoted]: [string[], string, boolean] = [[], '', false];
  const endRow = () => {
    rows.push([...row, cell]);
    [row, cell] = [[], ''];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      if (rows.length === most) return { rows, more: i + 1 < text.length };
    } else if (character !== '\r') cell += character;
  }
  if (cell !== '' || row.length > 0) endRow();
  return { rows, more: false };
}
