import { expect, test, vi } from 'vitest';
import type { NetworkView } from '../api.js';
import type { FromNetworkThread, ToNetworkThread } from './network-messages.js';

vi.mock('./open-runtime.js', () => ({
  openRuntime: async () => ({
    device: { kind: 'wasm', threads: 1 },
    open: async () => ({
      async release() {
        throw new Error('The graphics processor is gone');
      },
    }),
  }),
}));

test('what goes wrong between two runs is said by the next', async () => {
  const said: FromNetworkThread[] = [];
  const scope = { postMessage: (message: FromNetworkThread) => said.push(message), onmessage: undefined as unknown };
  vi.stubGlobal('self', scope);
  await import('./network-thread.js');
  const tell = scope.onmessage as (event: { data: ToNetworkThread }) => void;
  const network = { sampling: 'pixels' } as unknown as NetworkView;
  // The second takes the place of the first, whose release fails.
  for (let i = 0; i < 2; i++) tell({ data: { type: 'graph', number: i, graph: new Uint8Array(), network } });
  tell({ data: { type: 'run', id: 0, masks: [] } });
  await vi.waitFor(() => expect(said).toEqual([{ type: 'failure', message: 'The graphics processor is gone' }]));
});
