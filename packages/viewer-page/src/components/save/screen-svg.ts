import type { SvgDocument } from './png-of.js';

/** What style sheets give to shapes and texts, which a file has to bring along. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'paint-order',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const;

/** A drawing of the page with the styles that it has there, as part of a document. */
export function screenSvg(drawn: SVGSVGElement): SvgDocument {
  const { width, height } = drawn.getBoundingClientRect();
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const [shown, copied] = [drawn, copy].map((svg) => [...svg.querySelectorAll<SVGElement>('*')]);
  for (const [i, element] of shown.entries()) {
    const style = getComputedStyle(element);
    const target = copied[i];
    for (const name of STYLES) target.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'style']) target.removeAttribute(name);
  }
  const text = [...copy.childNodes].map((node) => new XMLSerializer().serializeToString(node)).join('');
  return { text, width, height };
}
