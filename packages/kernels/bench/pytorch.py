"""
Careful PyTorch of what bench/layers.mjs traces: pieces that fit the caches, no gradients, |c| in place, both extremes in one pass, and four
groupings as one product with their indicators. Reads the name of a tracing per line, and prints what it took as JSON.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.set_grad_enabled(False)
HEIGHT, WIDTH, GROUPS = 128, 256, 32
PIXELS = HEIGHT * WIDTH
# Of the 37 input channels of block 1, which all take the same time.
CHANNELS, TRACED_CHANNELS, OUTPUTS = 37, 2, 496


def four_groupings():
    y, x = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")
    labels = [4 * y // HEIGHT * 8 + 8 * x // WIDTH, (y // 5 * 7 + x // 3) % 32, (y * 31 + x * 17) % 32, (y // 20 + x // 30) % 32]
    return [of.flatten() for of in labels]


LABELS = four_groupings()
INDICATORS = torch.cat([F.one_hot(labels, GROUPS) for labels in LABELS], 1).float()
INDICATORS_BY_GROUP = INDICATORS.T.contiguous()
FFN = [(torch.rand(PIXELS, n) * 2 - 1, torch.rand(n) * 2 - 1, relu) for n, relu in ((208, True), (104, True), (104, False))]
OFFSET = torch.tensor(0.01)


def trace_ffn(add_groups, rows=4096):
    for values, scale, relu in FFN:
        neurons = values.shape[1]
        per_pixel = torch.empty(PIXELS)
        per_group = torch.zeros(4 * GROUPS, neurons)
        per_neuron = torch.zeros(neurons, dtype=torch.float64)
        least, most = torch.full((neurons,), torch.inf), torch.zeros(neurons)
        for start in range(0, PIXELS, rows):
            piece = slice(start, start + rows)
            a = torch.addcmul(OFFSET, values[piece], scale)
            a = a.relu_() if relu else a.abs_()
            per_pixel[piece] = a.sum(1)
            per_neuron += a.sum(0)
            low, high = torch.aminmax(a, dim=0)
            torch.minimum(least, low, out=least)
            torch.maximum(most, high, out=most)
            add_groups(per_group, a, piece)


def groups_by_product(per_group, a, piece):
    per_group.addmm_(INDICATORS_BY_GROUP[:, piece], a)


def groups_by_index(per_group, a, piece):
    for k, labels in enumerate(LABELS):
        per_group[GROUPS * k : GROUPS * (k + 1)].index_add_(0, labels[piece], a)


INPUT = torch.rand(CHANNELS, 8, 16) * 2 - 1
KERNEL = torch.rand(OUTPUTS, CHANNELS, 3, 3) * 2 - 1
BIAS = torch.rand(OUTPUTS) / CHANNELS


def scatter(responses):
    """[n, 8, 16], each to its sub-pixel of 4×4: [n, 32, 64], zeros elsewhere."""
    n = responses.shape[0] // 16
    plane = torch.zeros(n, 16, 8, 4, 16, 4)
    for k in range(16):
        plane[:, k, :, k // 4, :, k % 4] = responses.view(n, 16, 8, 16)[:, k]
    return plane.view(n * 16, 32, 64)


def mean_of_three(extent, scale):
    """[scale · extent, extent]: nearest upsampling and a mean of three along one axis."""
    band = torch.zeros(scale * extent, extent)
    for i in range(scale * extent):
        for tap in (i - 1, i, i + 1):
            if 0 <= tap < scale * extent:
                band[i, tap // scale] += 1 / 3
    return band


DOWN = [mean_of_three(extent, scale) for extent, scale in ((32, 1), (32, 2), (64, 2))]
ACROSS = [mean_of_three(extent, scale).T.contiguous() for extent, scale in ((64, 1), (64, 2), (128, 2))]


def smooth_by_pools(plane):
    plane = F.avg_pool2d(plane[None], 3, 1, 1)
    for _ in range(2):
        plane = F.avg_pool2d(F.interpolate(F.gelu(plane), scale_factor=2), 3, 1, 1)
    return plane[0]


def smooth_by_products(plane):
    plane = DOWN[0] @ (plane @ ACROSS[0])
    for down, across in zip(DOWN[1:], ACROSS[1:]):
        plane = down @ (F.gelu(plane) @ across)
    return plane


def trace_block(smooth, kernels):
    per_pixel = torch.zeros(PIXELS)
    per_group = torch.empty(OUTPUTS, 4 * GROUPS)
    per_neuron, least, most = torch.empty(OUTPUTS), torch.empty(OUTPUTS), torch.empty(OUTPUTS)
    for channel in range(TRACED_CHANNELS):
        for start in range(0, OUTPUTS, kernels):
            piece = slice(start, start + kernels)
            responses = F.conv2d(INPUT[None, None, channel], KERNEL[piece, channel, None], BIAS[piece], padding=1)[0]
            a = smooth(scatter(F.gelu(responses))).flatten(1).abs_()
            per_pixel += a.sum(0)
            per_neuron[piece] = a.sum(1)
            least[piece], most[piece] = torch.aminmax(a, dim=1)
            torch.mm(a, INDICATORS, out=per_group[piece])


SHARE = TRACED_CHANNELS / CHANNELS
TRACINGS = {
    "ffn": [(lambda: trace_ffn(groups_by_product), 1), (lambda: trace_ffn(groups_by_index), 1)],
    "block 1 by pools": [(lambda: trace_block(smooth_by_pools, 16), SHARE)],
    "block 1 by products": [(lambda: trace_block(smooth_by_products, 64), SHARE)],
}


def measure(trace, share):
    start, before = time.perf_counter(), time.process_time()
    trace()
    return {"seconds": (time.perf_counter() - start) / share, "processorSeconds": (time.process_time() - before) / share}


print(json.dumps({"version": torch.__version__.split("+")[0]}), flush=True)
for line in sys.stdin:
    # Of two ways, the one that takes less.
    print(json.dumps(min((measure(*way) for way in TRACINGS[line.strip()]), key=lambda took: took["seconds"])), flush=True)
