function random(length) {
  let state = length;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
const box = { kind: 'box', size: 3 };
const gelu = { kind: 'activation', activation: 'gelu' };
const up = { kind: 'upsample', scale: 2 };
/** NeRV of the default shape (method §3); the stem is 8×16 for pictures of 128×256. */
export function nervLayers(stemHeight, stemWidth) {
  const conv = (channels, out, scale, shuffle, path) => {
    const [height, width] = [stemHeight * scale, stemWidth * scale];
    return {
      kind: 'conv',
      input: random(channels * height * width),
      inputShape: [channels, height, width],
      kernel: random(out * channels * 9),
      outChannels: out,
      kernelSize: 3,
      bias: random(out),
      shuffle,
      activation: path.length > 0 ? 'gelu' : null,
      path,
    };
  };
  return [
    { name: 'block 1', source: conv(37, 496, 1, 4, [box, up, gelu, box, up, gelu, box]) },
    { name: 'block 2', source: conv(31, 104, 4, 2, [box, up, gelu, box]) },
    { name: 'block 3', source: conv(26, 88, 8, 2, [box]) },
    { name: 'head', source: conv(22, 3, 16, 1, []) },
  ];
}
/** The FFN of the paper (method §2). */
export function ffnLayers(pixels, width) {
  const dense = (neurons, last) => ({
    kind: 'dense',
    input: random(pixels * neurons),
    pixels,
    width,
    neurons,
    scale: random(neurons),
    offset: 0.01,
    activation: last ? null : 'relu',
  });
  return [
    { name: 'layer 1', source: dense(208, false) },
    { name: 'layer 2', source: dense(104, false) },
    { name: 'layer 3', source: dense(104, true) },
  ];
}
