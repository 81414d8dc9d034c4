import { layerReading, neuronCount } from '@xinc/core/trace';
import { Run, runModel } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { loadPlugins } from '../workflow/plugins.js';

/** Lists the layers of a run's network as they were read off its program, and those that cannot be traced. */
export async function layersCommand(path: string, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const { model, inr } = await runModel(run, registry);
  const layers = inr.layers.map((hook) => ({
    id: hook.id,
    label: hook.label,
    kind: hook.kind,
    neurons: neuronCount(inr, hook),
    reading: layerReading(hook),
    traced: hook.kind === 'custom' ? 'in JavaScript' : 'by kernels',
  }));
  const untraced = inr.untraced ?? [];
  const width = Math.max(...layers.map(({ id }) => id.length), ...untraced.map(({ id }) => id.length));
  const digits = Math.max(...layers.map(({ neurons }) => String(neurons).length));
  context.result(
    { run: run.path, model: model.plugin.name, layers, untraced },
    [
      `Layers of ${model.plugin.title}, from the input to the picture:`,
      ...layers.map(
        ({ id, neurons, reading }) => `  ${id.padEnd(width)}  ${String(neurons).padStart(digits)} neurons  ${reading}`,
      ),
      ...(untraced.length > 0 ? ['Not traced:'] : []),
      ...untraced.map(({ id, why }) => `  ${id.padEnd(width)}  ${why}`),
    ].join('\n'),
  );
}
