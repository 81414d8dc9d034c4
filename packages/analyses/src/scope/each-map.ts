import type { AnalysisContext } from '@xinc/core';

/** Values of maps that are asked for at once, 256 MB: each time, the network runs on the whole frame. */
const VALUES_AT_ONCE = 2 ** 26;

/** |c| of each of the neurons on a frame, [height · width], one after the other in their order. */
export async function* eachMap(
  context: Pick<AnalysisContext, 'maps' | 'signal'>,
  layer: string,
  frame: number,
  neurons: readonly number[],
): AsyncGenerator<Float32Array> {
  const pixels = context.signal.height * context.signal.width;
  const count = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
  for (let from = 0; from < neurons.length; from += count) {
    const some = neurons.slice(from, from + count);
    const maps = await context.maps(layer, frame, some);
    for (let i = 0; i < some.length; i++) yield maps.subarray(i * pixels, (i + 1) * pixels).map(Math.abs);
  }
}
