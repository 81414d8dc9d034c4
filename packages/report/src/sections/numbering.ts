/** Numbers figures and tables in the order they appear, makes ids, and notes which figures could not be drawn; one per report. */
export class Numbering {
  #figures = 0;
  #tables = 0;
  /** Why, of each figure that could not be drawn, in one line. */
  readonly undrawn: string[] = [];
  readonly #ids = new Set<string>();

  figure(): number {
    return ++this.#figures;
  }

  table(): number {
    return ++this.#tables;
  }

  /** An id made of the text's letters and digits, not given before. */
  id(text: string): string {
    const stem = text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'section';
    let id = stem;
    for (let n = 2; this.#ids.has(id); n++) id = `${stem}-${n}`;
    this.#ids.add(id);
    return id;
  }
}
