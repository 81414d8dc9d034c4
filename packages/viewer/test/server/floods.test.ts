import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ask } from './ask.js';
import { workbench } from './made-runs.js';

/* Readers that do not read, and those who ask for more than anybody reads. */

const bench = workbench();
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that sends and never reads. */
function deaf(address: string, text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1', () => {
      socket.pause();
      socket.write(text, () => resolve(socket));
    });
    socket.on('error', () => {});
    socket.once('error', reject);
    sockets.push(socket);
  });
}

function heads(address: string, path: string, more = ''): string {
  const { host, searchParams } = new URL(address);
  return `GET /token/${searchParams.get('token')}${path} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
}

test('answers are made while there is room for them, and readers that do not read are left', async () => {
  let made = 0;
  const large = 8 * 2 ** 20;
  const { image } = bench;
  const source = {
    ...image.source,
    // 8 MB of a picture that the browser is sent as it is.
    async model() {
      const { inr, title } = await image.source.model(image.run);
      return { title, inr: { ...inr, signal: { ...inr.signal, height: large / 4, width: 1 } } };
    },
    async frame() {
      made++;
      return { height: large / 4, width: 1, rgb: new Float32Array((large / 4) * 3) };
    },
  };
  const { address } = await bench.start({
    runs: Array.from({ length: 20 }, () => source),
    keptBytes: 0,
    outgoing: { mostBytes: 3 * large, patience: 2000 },
  });
  const { runs } = (await ask(address, '/api/session')).json<{ runs: { id: string }[] }>();
  for (const { id } of runs) await deaf(address, heads(address, `/api/runs/${id}/frames/0/signal.npy`));
  await expect.poll(() => made).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 700));
  // Each takes three times 8 MB.
  expect(made).toBeLessThanOrEqual(3);
  // All of them get their turn, as the ones before are left.
  const reply = await ask(address, `/api/runs/${runs[0].id}/frames/0/signal.npy`);
  expect(reply.body.byteLength).toBeGreaterThan(3 * large);
  expect(made).toBeGreaterThan(3);
}, 120_000);

test('a file that is not read is not kept open', async () => {
  const { address } = await bench.start({ outgoing: { patience: 1000 } });
  await bench.image.run.write('large.bin', new Uint8Array(2 ** 24));
  const socket = await deaf(address, heads(address, '/api/runs/image/files/large.bin'));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  socket.resume();
  await closed;
});

test('requests sent all at once on one connection are answered in order, and too many end it', async () => {
  const { address } = await bench.start();
  const few = await deaf(
    address,
    heads(address, '/api/session').repeat(4) + heads(address, '/', 'Connection: close\r\n'),
  );
  let text = '';
  few.on('data', (data) => {
    text += data;
  });
  few.resume();
  await new Promise((resolve) => few.once('close', resolve));
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(5);
  expect(text.indexOf('<!doctype html>')).toBeGreaterThan(text.lastIndexOf('"runs":'));

  const many = await deaf(address, '');
  const closed = new Promise((resolve) => many.once('close', resolve));
  many.resume();
  many.write(heads(address, '/api/runs/image').repeat(20_000));
  const begun = performance.now();
  expect((await ask(address, '/api/session')).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(3000);
  await closed;
});
