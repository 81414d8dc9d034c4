"""Parameters after some steps of SOAP and Muon, by PyTorch in double precision: python make.py > steps.json"""

import json
import math

import torch

STEPS, RATE, WARM_UP = 23, 0.02, 5
SHAPES = {"square": [9, 9], "wide": [7, 3, 2, 2], "tall": [12, 9], "narrow": [3, 10], "bias": [6]}
SOAP = {"beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "refresh": 10, "mostSide": 9}
MUON = {"momentum": 0.95, "iterations": 5, "leastSide": 4, "adamShare": 0.25}
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def noise(shape, key):
    """Numbers that look random and are the same in any language, in [-1, 1)."""
    count = torch.Size(shape).numel()
    waves = [math.sin(12.9898 * i + 78.233 * key) * 43758.5453 for i in range(count)]
    return torch.tensor([2 * (wave - math.floor(wave)) - 1 for wave in waves], dtype=torch.float64).reshape(shape)


def gradient(shape, key, step):
    return 0.01 * noise(shape, 100 * key + step) + 0.02 * noise(shape, 7 * key)


def adam(state, g, rate, step, beta1, beta2, epsilon, turn=lambda x: x, back=lambda x: x):
    state["m"] = beta1 * state.get("m", torch.zeros_like(g)) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", torch.zeros_like(g)) + (1 - beta2) * turn(g) ** 2
    mean, square = turn(state["m"]) / (1 - beta1**step), state["v"] / (1 - beta2**step)
    return rate * back(mean / (square.sqrt() + epsilon))


def positive_qr(matrix):
    q, r = torch.linalg.qr(matrix)
    return q * torch.where(r.diagonal() < 0, -1.0, 1.0)


def soap(state, g, rate, step):
    options = {name: SOAP[name] for name in ("beta1", "beta2", "epsilon")}
    if g.ndim < 2:
        return adam(state, g, rate, step, **options)
    g = g.reshape(g.shape[0], -1)
    sides = [axis for axis in (0, 1) if 1 < g.shape[axis] <= SOAP["mostSide"]]
    for axis in sides:
        state.setdefault(("mean", axis), torch.zeros(g.shape[axis], g.shape[axis], dtype=g.dtype))
        state.setdefault(("basis", axis), torch.eye(g.shape[axis], dtype=g.dtype))

    def turn(x):
        x = state["basis", 0].T @ x if 0 in sides else x
        return x @ state["basis", 1] if 1 in sides else x

    def back(x):
        x = state["basis", 0] @ x if 0 in sides else x
        return x @ state["basis", 1].T if 1 in sides else x

    change = adam(state, g, rate, step, **options, turn=turn, back=back)
    for axis in sides:
        product = g @ g.T if axis == 0 else g.T @ g
        state["mean", axis] = SOAP["beta2"] * state["mean", axis] + (1 - SOAP["beta2"]) * product
        if step == 1 or step % SOAP["refresh"] == 0:
            state["basis", axis] = positive_qr(state["mean", axis] @ state["basis", axis])
    return change


def orthogonal(x):
    x = x / (x.norm() + 1e-7)
    turned = x.shape[0] > x.shape[1]
    x = x.T if turned else x
    for _ in range(MUON["iterations"]):
        a = x @ x.T
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return x.T if turned else x


def muon(state, g, rate, step):
    matrix = g.reshape(g.shape[0], -1) if g.ndim > 1 else None
    if matrix is None or min(matrix.shape) < MUON["leastSide"]:
        return adam(state, g, rate * MUON["adamShare"], step, **ADAM)
    state["b"] = MUON["momentum"] * state.get("b", torch.zeros_like(matrix)) + matrix
    scale = max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
    return rate * scale * orthogonal(matrix + MUON["momentum"] * state["b"])


def run(optimizer):
    parameters = {name: noise(shape, key) for key, (name, shape) in enumerate(SHAPES.items(), 1)}
    states = {name: {} for name in SHAPES}
    for step in range(1, STEPS + 1):
        rate = RATE * min(1, step / WARM_UP)
        for key, (name, shape) in enumerate(SHAPES.items(), 1):
            change = optimizer(states[name], gradient(shape, key, step), rate, step)
            parameters[name] = parameters[name] - change.reshape(shape)
    return {name: [round(x, 9) for x in values.flatten().tolist()] for name, values in parameters.items()}


settings = {"steps": STEPS, "learningRate": RATE, "warmUp": WARM_UP, "shapes": SHAPES, "soap": SOAP, "muon": {**MUON, "adam": ADAM}}
print(json.dumps({"torch": torch.__version__.split("+")[0], "settings": settings, "after": {"soap": run(soap), "muon": run(muon)}}))
