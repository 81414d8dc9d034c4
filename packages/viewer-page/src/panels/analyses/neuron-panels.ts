/** A picture of a raster figure that is one neuron's; lengths are shares of the figure's. */
export interface NeuronPanel {
  readonly neuron: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const VIEW_BOX = /^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"/;
const PART = /<text [^>]*>([^<]*)<\/text>|<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g;

/**
 * The neurons that pictures of a figure are named after, `neuron 12` or `cluster 3: neuron 12`; where none is, all are of the neuron that
 * the figure's title names. Titles of a row come before its pictures, each picture after its own.
 * @param svg as the report draws raster figures; nothing is found in others
 */
export function neuronPanels(svg: string, title: string): NeuronPanel[] {
  const [, figureWidth, figureHeight] = (VIEW_BOX.exec(svg) ?? []).map(Number);
  if (!(figureWidth > 0 && figureHeight > 0)) return [];
  const pictures: { readonly name: string; readonly place: readonly number[] }[] = [];
  let name = '';
  for (const [, text, ...place] of svg.matchAll(PART)) {
    if (text !== undefined) name = `${name} ${text}`;
    else {
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
        left: x / figureWidth,
        top: y / figureHeight,
        width: width / figureWidth,
        height: height / figureHeight,
      },
    ];
  });
}

const lastNeuron = (text: string): number | null => numberOf(/\bneuron (\d{1,9})$/.exec(text));
const firstNeuron = (text: string): number | null => numberOf(/\bneuron (\d{1,9})\b/.exec(text));
const numberOf = (found: RegExpExecArray | null): number | null => (found ? Number(found[1]) : null);
