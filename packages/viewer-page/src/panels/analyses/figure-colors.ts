import type { PageColors } from '../../color/page-colors.js';

/** The beginning of a raster figure as the report draws it, to its background. */
const BEGINNING =
  /^<svg [^<>]*><title>[^<]*<\/title><desc>[^<]*<\/desc><rect width="100%" height="100%" fill="#[\da-f]{6}"\/>/;

/** A raster figure whose background and letters have the page's colours; any other picture as it is. */
export function colorFigure(svg: string, { surface, ink, muted }: PageColors): string {
  const beginning = BEGINNING.exec(svg)?.[0];
  if (beginning === undefined) return svg;
  const style = `<style>svg>rect:first-of-type{fill:${surface}}text{fill:${muted}}text[font-weight]{fill:${ink}}</style>`;
  return `${beginning}${style}${svg.slice(beginning.length)}`;
}
