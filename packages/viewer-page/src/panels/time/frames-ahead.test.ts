import { expect, it } from 'vitest';
import type { LayerView, RunView } from '../../api.js';
import type { LayerTrace } from '../../trace/layer-trace.js';
import { FramesAhead } from './frames-ahead.js';

const run = { id: 'video', weightsVersion: 1 } as RunView;
const layer = { id: 'block2' } as LayerView;
const settled = () => new Promise((resolve) => setTimeout(resolve));

function record() {
  const asked: string[] = [];
  const released: number[] = [];
  const picture = (kind: string) => async (_: RunView, frame: number) => {
    asked.push(`${kind} ${frame}`);
    if (frame === 9) throw new Error('no such frame');
    return { height: 1, width: 1, rgb: new Float32Array(3) };
  };
  const ahead = new FramesAhead(
    { signal: picture('signal'), reconstruction: picture('reconstruction') },
    async (_, frame, { id }) => {
      asked.push(`${id} ${frame}`);
      if (frame === 9) throw new Error('no such frame');
      return { release: () => released.push(frame) } as Partial<LayerTrace> as LayerTrace;
    },
  );
  return { ahead, asked, released };
}

it('frames are asked for once, before they are shown, and held until they have passed', async () => {
  const { ahead, asked, released } = record();
  ahead.keep(run, layer, [1, 2]);
  await settled();
  expect(asked).toEqual(['signal 1', 'reconstruction 1', 'block2 1', 'signal 2', 'reconstruction 2', 'block2 2']);
  ahead.keep(run, layer, [2, 3]);
  await settled();
  expect(asked.slice(6)).toEqual(['signal 3', 'reconstruction 3', 'block2 3']);
  expect(released).toEqual([1]);
  ahead.stop();
  expect(released).toEqual([1, 2, 3]);
});

it('a layer that is open only when its frame has passed is let go at once, and failures end nothing', async () => {
  const { ahead, released } = record();
  ahead.keep(run, layer, [4, 9]);
  ahead.stop();
  await settled();
  expect(released).toEqual([4]);
});
