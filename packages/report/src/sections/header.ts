import { html, type Markup } from '../html/markup.js';
import { counted, decibels, duration, wholeNumber } from '../html/numbers.js';
import type { Report } from '../report.js';

/** Title, the result in one line, and the numbers to remember. */
export function headerMarkup(report: Report): Markup {
  const { signal, model, reconstruction, training, layers } = report;
  const neurons = layers.reduce((sum, layer) => sum + layer.neurons, 0);
  const trained = training[training.length - 1];
  const facts: (readonly [string, string] | false)[] = [
    [decibels(reconstruction.psnr), 'PSNR of the reconstruction'],
    [wholeNumber(model.parameterCount), 'trained parameters'],
    [wholeNumber(neurons), `neurons traced, in ${counted(layers.length, 'layer')}`],
    trained !== undefined && [duration(trained.seconds), `of training, ${counted(trained.step, 'step')}`],
  ];
  return html`<header><p class="kicker">Implicit neural canvas · report</p><h1>${report.title}</h1>
<p class="lead">${model.title} with ${wholeNumber(model.parameterCount)} parameters represents the ${signal.kind} <bdi class="name">${signal.name}</bdi> (${extentWords(report)}) at ${decibels(reconstruction.psnr)}. Every contribution of its ${wholeNumber(neurons)} neurons to every pixel was traced.</p>
<dl class="facts">${facts.map((fact) => fact && html`<div><dd>${fact[0]}</dd><dt>${fact[1]}</dt></div>`)}</dl></header>`;
}

/** `128 × 256 pixels`, `30 frames of 128 × 256 pixels`. */
export function extentWords({ signal: { kind, frames, height, width } }: Report): string {
  const size = `${height} × ${width} pixels`;
  return kind === 'video' ? `${counted(frames, 'frame')} of ${size}` : size;
}
