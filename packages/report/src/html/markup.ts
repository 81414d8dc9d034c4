/** Text that is HTML or SVG already. Everything else is escaped where it is put into a template. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** Control characters (tab and line breaks are let through below), lone surrogates and non-characters. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;
const SPACES = '\t\n\r';

/** The text with what neither XML nor HTML allows replaced by U+FFFD. */
export const permitted = (text: string): string =>
  text.replace(FORBIDDEN, (mark) => (SPACES.includes(mark) ? mark : '\ufffd'));

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as it may stand between tags or inside a quoted attribute, of HTML and of SVG. */
export const escaped = (text: string): string => permitted(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark]);

/**
 * Markup from a template. Strings and numbers are escaped, `Markup` is taken as it is, lists are joined, and null,
 * undefined and false leave nothing. Attribute values must be quoted in the template.
 *
 * @example html`<p title="${name}">${findings.map((text) => html`<em>${text}</em>`)}</p>`
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = parts[0];
  for (const [i, content] of contents.entries()) text += flatten(content) + parts[i + 1];
  return new Markup(text);
}

function flatten(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escaped(String(content));
  return content.map(flatten).join('');
}
