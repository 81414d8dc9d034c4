import { encodeSafetensors, type NpyArray } from '@xinc/core/formats';
import type { AnalysisView } from '../../api.js';
import { fileName } from '../../components/save/keep-file.js';
import { pngOf } from '../../components/save/png-of.js';
import type { SaveItem } from '../../components/save/save-items.js';
import { svgExtents } from './neuron-panels.js';

/** What a raster figure is kept from: files of the run. */
export interface RasterFiles {
  file(path: string): Promise<Uint8Array<ArrayBuffer>>;
  json(path: string): Promise<unknown>;
  array(path: string): Promise<NpyArray>;
}

/** More pictures than that have no figure. */
const MOST_PANELS = 2000;

/**
 * The ways to keep a picture made of maps: the picture as the run holds it, and the numbers that it was made of, as safetensors with an array
 * for each of its pictures.
 * @param analysis folder of the analysis within the run
 * @param published of a run that was: the PNG is then made of the SVG, and the numbers are offered where they are there
 */
export function rasterItems(
  figure: AnalysisView['figures'][number],
  analysis: string,
  { file, json, array }: RasterFiles,
  published?: AnalysisView['published'],
): readonly SaveItem[] {
  const stem = figure.file.replace(/\.(svg|png)$/, '');
  const name = fileName(figure.name);
  const numbers = async () => {
    const result = (await json(`${analysis}/result.json`)) as Result;
    const panels = result.figures?.find((one) => one.name === figure.name)?.panels ?? [];
    if (panels.length === 0 || panels.length > MOST_PANELS)
      throw new Error('the run does not say which pictures it has');
    const arrays = await Promise.all(panels.map((_, i) => array(`${stem}/${String(i).padStart(2, '0')}.npy`)));
    const named = panels.map(({ title }, i) => [String(i).padStart(2, '0'), String(title ?? '')]);
    const tensors = Object.fromEntries(
      arrays.map(({ shape, data }, i) => [named[i][0], { shape, data: Float32Array.from(data as ArrayLike<number>) }]),
    );
    const metadata = { title: figure.title, caption: figure.caption, ...Object.fromEntries(named) };
    return { name: `${name}.safetensors`, content: new Blob([encodeSafetensors({ tensors, metadata })]) };
  };
  const picture = (ending: 'png' | 'svg', type: string) => async () => ({
    name: `${name}.${ending}`,
    content: new Blob([await file(`${stem}.${ending}`)], { type }),
  });
  const madePng = async () => {
    const text = new TextDecoder().decode(await file(figure.file));
    const extents = svgExtents(text);
    if (!extents) throw new Error('the run does not say how large it is');
    return { name: `${name}.png`, content: await pngOf({ text, ...extents }) };
  };
  return [
    { text: 'PNG', title: 'The picture, as a PNG', make: published ? madePng : picture('png', 'image/png') },
    { text: 'SVG', title: 'The picture, as an SVG', make: picture('svg', 'image/svg+xml') },
    ...(published?.numbers === false
      ? []
      : [
          {
            text: 'Data',
            title: 'The numbers it is made of, as safetensors: an array of 32-bit floats for each picture',
            make: numbers,
          },
        ]),
  ];
}

interface Result {
  readonly figures?: readonly { readonly name?: unknown; readonly panels?: readonly { readonly title?: unknown }[] }[];
}
