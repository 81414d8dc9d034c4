"""umap-learn's embedding of the vectors of each layer: what it took, and how well neighbours are kept, as JSON.

Arguments: the folder of a frame of an analysis, and a seed (one thread then) or nothing (all threads, as it comes).
"""

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import umap

warnings.filterwarnings("ignore")
NEAREST = 15


def default_neighbors(neurons):
    return 5 if neurons <= 1000 else 25 if neurons <= 3000 else 75 if neurons <= 10_000 else 150


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def squares(points, rows):
    points = points.astype(np.float64) - points.mean(0)
    lengths = (points**2).sum(1)
    distances = lengths[rows, None] + lengths[None] - 2 * points[rows] @ points.T
    distances[np.arange(len(rows)), rows] = -1
    return distances


def quality(vectors, points, k=NEAREST):
    """Trustworthiness (Venna & Kaski 2001) and the share of the nearest that are kept, of at most 1500 vectors among all."""
    n = len(vectors)
    chosen = np.random.default_rng(1).permutation(n)[:1500]
    penalty = kept = 0
    for rows in np.array_split(chosen, -(-len(chosen) // 250)):
        order = np.argsort(squares(vectors, rows), 1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(n)[None].repeat(len(rows), 0), 1)
        near = np.argsort(squares(points, rows), 1, kind="stable")[:, 1 : k + 1]
        ranks = np.take_along_axis(ranks, near, 1)
        penalty += np.maximum(ranks - k, 0).sum()
        kept += (ranks <= k).sum()
    worst = len(chosen) * k * (2 * n - 3 * k - 1) / 2
    return {"trustworthiness": 1 - penalty / worst, "kept": kept / (len(chosen) * k)}


# What numba compiles is compiled before.
for count in (500, 4500):
    umap.UMAP(n_neighbors=5, n_epochs=2).fit(np.random.default_rng(0).random((count, 8), np.float32))

seed = int(sys.argv[2]) if len(sys.argv) > 2 else None
seconds = processors = 0
layers = []
for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
    vectors = np.load(folder / "vectors.npy")
    neighbors = min(default_neighbors(len(vectors)), len(vectors) - 1)
    start, before = time.perf_counter(), processor_seconds()
    points = umap.UMAP(n_neighbors=neighbors, min_dist=0.1, random_state=seed).fit_transform(vectors)
    seconds += time.perf_counter() - start
    processors += processor_seconds() - before
    if len(vectors) > 3 * NEAREST:
        ours = np.load(folder / "embedding.npy")
        layers.append({"layer": folder.name, "xinc": quality(vectors, ours), "umap": quality(vectors, points)})
print(json.dumps({"version": umap.__version__, "seconds": seconds, "processorSeconds": processors, "layers": layers}))
