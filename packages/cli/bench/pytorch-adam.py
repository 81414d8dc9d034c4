"""An FFN as PyTorch's users train it, by its Adam on all pixels of a picture: a PSNR of the last step and what all steps took, as JSON.

Arguments: a file of float32 [height, width, 3], height, width, steps, learning rate, seed, threads.
"""

import json
import math
import sys
import time

import torch
from torch import nn

path, height, width, steps, rate, seed, threads = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5]), *map(int, sys.argv[6:8])
torch.set_num_threads(threads)
torch.manual_seed(seed)
target = torch.from_file(path, size=height * width * 3, dtype=torch.float32).reshape(-1, 3)
longest = max(height, width) - 1
rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
coordinates = 2 * torch.stack([rows, columns], -1).reshape(-1, 2) / longest - 1
angles = 2 * math.pi * coordinates @ (10 * torch.randn(104, 2)).T
features = torch.cat([angles.sin(), angles.cos()], -1)
network = nn.Sequential(nn.Linear(208, 104), nn.ReLU(), nn.Linear(104, 104), nn.ReLU(), nn.Linear(104, 3))
# The fused update is the fastest that PyTorch has for processors.
optimizer = torch.optim.Adam(network.parameters(), lr=rate, fused=True)


def step():
    optimizer.zero_grad()
    loss = ((network(features) - target) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss


start, before = time.perf_counter(), time.process_time()
for _ in range(steps):
    loss = step()
psnr = -10 * math.log10(loss.item())
taken = {"seconds": time.perf_counter() - start, "processorSeconds": time.process_time() - before}
print(json.dumps({"version": torch.__version__, "psnr": psnr, **taken}))
