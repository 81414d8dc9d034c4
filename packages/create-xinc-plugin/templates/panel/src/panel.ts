import type { PanelHost } from '@xinc/viewer-page';
import { type Neuron, readStrongest } from './read-strongest.js';

/** The tab's title. */
export const title = 'Strongest neurons';

/** What survives a reload, in the page's address: texts, with what they are at first. */
export const settings = { shown: '12' };

/** Draws into an element of its own; returns what takes the panel down. */
export function mount(root: HTMLElement, host: PanelHost): () => void {
  // No inline styles and nothing from elsewhere: the page's policy refuses both.
  const label = root.appendChild(document.createElement('label'));
  const shown = document.createElement('input');
  label.append('Neurons shown: ', shown);
  shown.type = 'number';
  shown.min = '1';
  shown.onchange = () => host.set('shown', shown.value || settings.shown);
  const note = root.appendChild(document.createElement('p'));
  const list = root.appendChild(document.createElement('ol'));
  const show = (text: string, items: readonly HTMLElement[] = []) => {
    note.textContent = text;
    list.replaceChildren(...items);
  };

  // Scenes may come faster than files are read: only the newest is drawn.
  let newest = 0;
  return host.follow(async ({ run, frame, layer, neurons, settings: chosen }) => {
    newest++;
    const own = newest;
    // A link comes from anyone: what is no number is taken as none.
    const most = Number.parseInt(chosen.shown, 10) || Number(settings.shown);
    shown.value = String(most);
    if (!run?.analyses.some(({ name }) => name === 'my-panel')) {
      return show('This run was not analysed: xinc analyze RUN my-panel --plugin PATH.');
    }
    if (!layer) return show('No layer is chosen.');
    const file = await host.file('analysis/my-panel/strongest.csv');
    if (own !== newest) return;
    const found = readStrongest(new TextDecoder().decode(file), frame, layer.id);
    if (found.length === 0) return show('This frame was not analysed.');
    show(
      `The strongest neurons of ${layer.label}, and their part of what it contributes:`,
      found.slice(0, most).map((one) => itemOf(one, neurons.includes(one.index), host)),
    );
  });
}

/** A button that selects its neuron in the viewer. */
function itemOf({ index, share }: Neuron, selected: boolean, host: PanelHost): HTMLElement {
  const item = document.createElement('li');
  const button = item.appendChild(document.createElement('button'));
  button.textContent = `neuron ${index}: ${(100 * share).toFixed(1)} %`;
  button.setAttribute('aria-pressed', String(selected));
  button.onclick = () => host.select([index]);
  return item;
}
