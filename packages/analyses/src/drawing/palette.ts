import type { LabelMap } from '@xinc/core';

/** Eight colours that remain distinct to colour-blind readers (Okabe & Ito 2008), with grey for their black, which cannot be seen on a dark page. */
export const OKABE_ITO: readonly string[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#56b4e9',
  '#cc79a7',
  '#999999',
  '#f0e442',
];

/** Colours of groupings by what they divide by, the same in every figure of every run. */
const OF_GROUPINGS: Readonly<Record<string, string>> = {
  grid: OKABE_ITO[0],
  rgb: OKABE_ITO[1],
  gabor: OKABE_ITO[2],
  instances: OKABE_ITO[3],
  categories: OKABE_ITO[5],
};
const OF_OTHERS = [OKABE_ITO[4], OKABE_ITO[6], OKABE_ITO[7]];

/** The colour of a grouping: that of `rgb` for `rgb` and `rgb:8`; for one that is not built in, what its name's letters give. */
export function groupingColor(grouping: string): string {
  const [kind] = grouping.split(':');
  const letters = [...kind].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0);
  return Object.hasOwn(OF_GROUPINGS, kind) ? OF_GROUPINGS[kind] : OF_OTHERS[letters % OF_OTHERS.length];
}

/** The colour of what is not told apart: it stands back behind every other colour, on a white and on a dark page. */
export const PALE = '#9aa0a866';

/** Colours to draw a label map in: the groups' own, else hues a golden angle apart, so that neighbours in the list differ. */
export function groupColors(map: LabelMap): string[] {
  return map.groups.map((group, i) => group.color ?? hueColor((i * 137.508) % 360, i % 2 === 0 ? 0.45 : 0.65));
}

/** The sRGB colour of this hue (degrees) and HSL lightness at saturation 0.55, `#rrggbb`. */
function hueColor(hue: number, lightness: number): string {
  const chroma = 0.55 * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return `#${[0, 8, 4].map((offset) => channel(offset).toString(16).padStart(2, '0')).join('')}`;
}
