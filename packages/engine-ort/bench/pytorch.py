"""Training steps of FFN and NeRV in PyTorch, as careful code has them: what is constant is computed once, and Adam is fused.

Reads lines "<network> <steps>" and answers each with the seconds of a step. Argument: the number of threads.
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
HEIGHT, WIDTH = 128, 256


def ffn():
    pixels = HEIGHT * WIDTH
    angles = 2 * math.pi * torch.rand(pixels, 2) @ (10 * torch.randn(2, 104))
    features = torch.cat([angles.sin(), angles.cos()], 1)
    target = torch.rand(pixels, 3)
    widths = [208, 104, 104, 3]
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    return network, lambda: F.mse_loss(network(features), target)


class Nerv(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Linear(160, 37 * 8 * 16)
        self.strides = [4, 2, 2]
        widths = [37, 31, 26, 22]
        self.blocks = torch.nn.ModuleList(
            torch.nn.Conv2d(before, after * stride**2, 3, padding=1)
            for before, after, stride in zip(widths, widths[1:], self.strides)
        )
        self.head = torch.nn.Conv2d(22, 3, 3, padding=1)

    def forward(self, encoding):
        x = F.gelu(self.stem(encoding)).view(-1, 37, 8, 16)
        for block, stride in zip(self.blocks, self.strides):
            x = F.pixel_shuffle(F.gelu(block(x)), stride)
        return torch.tanh(self.head(x)) * 0.5 + 0.5


def nerv(layout):
    frames = 2
    network = Nerv().to(memory_format=layout)
    encoding = torch.rand(frames, 160) * 2 - 1
    target = torch.rand(frames, 3, HEIGHT, WIDTH).contiguous(memory_format=layout)
    return network, lambda: F.mse_loss(network(encoding), target)


def stepper(make):
    """What takes a step, in the order of PyTorch's own examples."""
    network, loss_of = make()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


steps = {
    "ffn": stepper(ffn),
    "nerv": stepper(lambda: nerv(torch.contiguous_format)),
    "nerv-channels-last": stepper(lambda: nerv(torch.channels_last)),
}
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    name, count = line.split()
    start, before = time.perf_counter(), processor_seconds()
    for _ in range(int(count)):
        steps[name]()
    seconds, processor = time.perf_counter() - start, processor_seconds() - before
    answer = {"seconds": seconds / int(count), "processorSeconds": processor / int(count)}
    print(json.dumps(answer), flush=True)
