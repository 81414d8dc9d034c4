import { type Content, html } from '../html/markup.js';
import { wholeNumber } from '../html/numbers.js';
import { valueList } from '../html/values.js';
import type { Report } from '../report.js';
import type { Numbering } from './numbering.js';
import type { Section } from './section.js';

/** The model, its settings and the layers whose neurons were traced. */
export function networkSection({ model, layers, untraced = [] }: Report, numbering: Numbering): Section {
  const most = Math.max(1, ...layers.map((layer) => layer.neurons));
  return {
    id: numbering.id('network'),
    title: 'The network',
    body: html`<p>${model.title} (<code>${model.name}</code>) with ${wholeNumber(model.parameterCount)} trained parameters. Its layers, from the input to the picture:</p>
<div class="scroll" tabindex="0" role="region" aria-label="Layers"><table class="layers"><thead><tr><th scope="col">layer</th><th scope="col">what it is</th><th scope="col" class="numeric">neurons</th><th class="extent"><span class="hidden">share of the largest layer</span></th></tr></thead><tbody>${layers.map(
      ({ id, label, reading, neurons }) =>
        html`<tr><td><code>${id}</code></td><td>${label}${reading !== undefined && html`<br><small>${reading}</small>`}</td><td class="numeric">${wholeNumber(neurons)}</td><td class="extent"><span style="width:${((100 * neurons) / most).toFixed(1)}%"></span></td></tr>`,
    )}</tbody></table></div>${notTraced(untraced)}${Object.keys(model.config).length > 0 && html`<details><summary>Configuration of the model</summary>${valueList(model.config)}</details>`}`,
  };
}

/** Layers that the network has and that no contributions are computed of. */
function notTraced(untraced: NonNullable<Report['untraced']>): Content {
  if (untraced.length === 0) return false;
  return html`<p>Not traced:</p><ul>${untraced.map(({ id, why }) => html`<li><code>${id}</code>: ${why}</li>`)}</ul>`;
}
