import { neuronNamed } from '@xinc/core';

/** A picture of a raster figure that is one neuron's; lengths are shares of the figure's. */
export interface NeuronPanel {
  readonly neuron: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const VIEW_BOX = /^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"/;
// Nothing is asked for twice of one place, so that the time is in proportion to the text, whoever wrote it.
const PART =
  /<text [^<>]*>([^<]*)<\/text>|<image x="([\d.]{1,20})" y="([\d.]{1,20})" width="([\d.]{1,20})" height="([\d.]{1,20})"/g;
/** Figures of more pictures than that are shown without marks on them. */
const MOST_PICTURES = 2000;

/** Extents of a raster figure as the report draws it, CSS pixels; `null` of any other. */
export function svgExtents(svg: string): { readonly width: number; readonly height: number } | null {
  const [, width, height] = (VIEW_BOX.exec(svg) ?? []).map(Number);
  return width > 0 && height > 0 ? { width, height } : null;
}

/**
 * The neurons that pictures of a figure are named after, `neuron 12`, `cluster 3: neuron 12` or `kernel 4→27 (2011)`; where none is, all are of the neuron that
 * the figure's title names. Titles of a row come before its pictures, each picture after its own.
 * @param svg as the report draws raster figures; nothing is found in others
 */
export function neuronPanels(svg: string, title: string): NeuronPanel[] {
  const extents = svgExtents(svg);
  if (!extents) return [];
  const pictures: { readonly name: string; readonly place: readonly number[] }[] = [];
  let name = '';
  for (const [, text, ...place] of svg.matchAll(PART)) {
    if (text !== undefined) name = `${name} ${text}`;
    else {
      if (pictures.length === MOST_PICTURES) return [];
      pictures.push({ name, place: place.map(Number) });
      name = '';
    }
  }
  const named = pictures.map(({ name }) => lastNeuron(name));
  const ofFigure = named.some((neuron) => neuron !== null) ? null : firstNeuron(title);
  return pictures.flatMap(({ place: [x, y, width, height] }, i) => {
    const neuron = named[i] ?? ofFigure;
    if (neuron === null) return [];
    return [
      {
        neuron,
        left: x / extents.width,
        top: y / extents.height,
        width: width / extents.width,
        height: height / extents.height,
      },
    ];
  });
}

const NAME = /\b(?:neuron \d{1,9}\b|kernel \d{1,9}→\d{1,9} \(\d{1,9}\))/g;

/** The neuron whose name the text ends in. */
function lastNeuron(text: string): number | null {
  const name = text.match(NAME)?.at(-1);
  return name !== undefined && text.endsWith(name) ? neuronNamed(name) : null;
}

/** The first neuron that the text names. */
function firstNeuron(text: string): number | null {
  const name = text.match(NAME)?.[0];
  return name === undefined ? null : neuronNamed(name);
}
