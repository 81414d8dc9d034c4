import { counted } from '@xinc/core';
import { html, type Markup } from '../html/markup.js';
import { decibels, duration, wholeNumber } from '../html/numbers.js';
import type { Report } from '../report.js';

/**
 * Title, the result in one line, and the numbers to remember.
 * @param analyses how many there are
 */
export function headerMarkup(report: Report, analyses: number): Markup {
  const { signal, model, reconstruction, training, layers } = report;
  const neurons = layers.reduce((sum, layer) => sum + layer.neurons, 0);
  const trained = training[training.length - 1];
  const { psnr, notDefined } = reconstruction;
  const known = !Number.isNaN(psnr);
  const why = notDefined === undefined ? '' : ` (${notDefined})`;
  const facts: (readonly [string, string] | false)[] = [
    [decibels(psnr), `PSNR of the reconstruction${why}`],
    [wholeNumber(model.parameterCount), 'trained parameters'],
    neurons > 0 && [wholeNumber(neurons), `neurons, in ${counted(layers.length, 'layer')}`],
    trained !== undefined && [duration(trained.seconds), `of training, ${counted(trained.step, 'step')}`],
  ];
  return html`<header><p class="kicker">Implicit neural canvas · report</p><h1>${report.title}</h1>
<p class="lead">${model.title} with ${wholeNumber(model.parameterCount)} parameters represents the ${signal.kind} <bdi class="name">${signal.name}</bdi> (${extentWords(report)})${known ? ` at ${decibels(psnr)}` : `; its PSNR is not defined${why}`}.${report.trained !== undefined && ` It was trained ${report.trained}.`}${
    analyses > 0 &&
    ` The contributions of its ${counted(neurons, 'neuron')} to every pixel were traced for ${counted(analyses, 'analysis', 'analyses')}.`
  }</p>
<dl class="facts">${facts.map((fact) => fact && html`<div><dt>${fact[1]}</dt><dd>${fact[0]}</dd></div>`)}</dl></header>`;
}

/** `128 × 256 pixels, height × width`, `30 frames of 128 × 256 pixels, height × width`. */
function extentWords({ signal: { kind, frames, height, width } }: Report): string {
  const size = `${height} × ${width} pixels, height × width`;
  return kind === 'video' ? `${counted(frames, 'frame')} of ${size}` : size;
}
