/** Numbers figures and tables in the order they appear and makes ids, one per report. */
export class Numbering {
  #figures = 0;
  #tables = 0;
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
