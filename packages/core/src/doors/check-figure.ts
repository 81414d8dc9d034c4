import type { Figure } from '../figure.js';
import { isCount, isObject, requireJson, requireThat, show } from './breach.js';
import { checkFileName } from './names.js';

/** A chart or pictures, with everything that drawing them needs. */
export function checkFigure(figure: unknown): asserts figure is Figure {
  requireThat(isObject(figure), `a figure is ${show(figure)}`);
  checkFileName("a figure's name", figure.name);
  const of = `figure '${figure.name}'`;
  for (const field of ['title', 'caption']) {
    requireThat(typeof figure[field] === 'string', `${of} has the ${field} ${show(figure[field])}`);
  }
  const { kind, spec, panels, moment, columns, scale } = figure;
  if (moment !== undefined) {
    const fits = isObject(moment) && typeof moment.series === 'string' && Number.isSafeInteger(moment.frame);
    requireThat(fits, `${of} has the moment ${show(moment)}`, 'Give a series and a frame.');
  }
  if (kind === 'chart') {
    requireThat(isObject(spec), `${of} has the spec ${show(spec)}`, 'Give a Vega-Lite specification.');
    requireJson(`the spec of ${of}`, spec);
    return;
  }
  requireThat(kind === 'raster', `${of} is of kind ${show(kind)}`, "There are 'chart' and 'raster'.");
  requireThat(Array.isArray(panels) && panels.length > 0, `${of} has panels: ${show(panels)}`);
  requireThat(columns === undefined || isCount(columns), `${of} has columns: ${show(columns)}`);
  checkScale(of, scale);
  for (const [i, panel] of (panels as readonly unknown[]).entries()) checkPanel(`panel ${i} of ${of}`, panel);
}

function checkPanel(of: string, panel: unknown): void {
  requireThat(isObject(panel), `${of} is ${show(panel)}`);
  const { title, height, width, pixels } = panel;
  requireThat(typeof title === 'string', `${of} has the title ${show(title)}`);
  requireThat(isCount(height) && isCount(width), `${of} is ${show(height)}×${show(width)}`);
  requireThat(isObject(pixels), `${of} has pixels: ${show(pixels)}`);
  const [field, values] =
    pixels.kind === 'rgb'
      ? ['rgb', pixels.rgb]
      : pixels.kind === 'labels'
        ? ['labels', pixels.labels]
        : pixels.kind === 'values'
          ? ['values', pixels.values]
          : [undefined, undefined];
  requireThat(
    field !== undefined,
    `${of} has pixels of kind ${show(pixels.kind)}`,
    "There are 'values', 'rgb' and 'labels'.",
  );
  const typed =
    field === 'labels'
      ? values instanceof Uint16Array
      : values instanceof Float32Array || (field === 'values' && values instanceof Float64Array);
  requireThat(typed, `${of} has ${field}: ${show(values)}`);
  const wanted = height * width * (field === 'rgb' ? 3 : 1);
  const { length } = values as Float32Array;
  requireThat(length === wanted, `${of} is ${height}×${width} and has ${length} values in ${field}, not ${wanted}`);
  checkScale(of, pixels.scale);
  if (field !== 'labels') return;
  const { colors } = pixels;
  const named = Array.isArray(colors) && colors.every((color) => typeof color === 'string');
  requireThat(named, `${of} has colors: ${show(colors)}`, 'Give a list of colours.');
  const beyond = (values as Uint16Array).find((label) => label >= colors.length);
  requireThat(beyond === undefined, `${of} has a label ${beyond}, and ${colors.length} colours`);
}

function checkScale(of: string, scale: unknown): void {
  if (scale === undefined) return;
  requireThat(isObject(scale), `${of} has the scale ${show(scale)}`);
  const { map, domain, label } = scale;
  const fits = (map === 'sequential' || map === 'diverging') && typeof label === 'string';
  requireThat(fits, `${of} has a scale with map ${show(map)} and label ${show(label)}`);
  const range = Array.isArray(domain) && domain.length === 2 && domain.every(Number.isFinite);
  requireThat(range, `${of} has a scale with the domain ${show(domain)}`, 'Give two finite numbers.');
}
