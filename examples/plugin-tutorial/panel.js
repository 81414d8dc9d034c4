/** A panel of the viewer: how many neurons of the layer on screen are quiet. */
export const title = 'Quiet neurons';

export function mount(root, host) {
  const text = document.createElement('p');
  root.append(text);
  return host.follow(async ({ run, frame, layer }) => {
    if (!run?.analyses.some(({ name }) => name === 'quiet-neurons')) {
      text.textContent = 'This run was not analysed for quiet neurons.';
      return;
    }
    const table = new TextDecoder().decode(await host.file('analysis/quiet-neurons/quiet.csv'));
    const rows = table.split('\n').map((row) => row.split(','));
    const found = rows.find(([analysed, id]) => analysed === String(frame) && id === layer?.id);
    text.textContent = found ? `${found[3]} of ${found[2]} neurons are quiet.` : 'This frame was not analysed.';
  });
}
