"""Optimisers over 1 000 steps of given gradients, clipping, and schedules.

Run twice: with the instruction set that has no fused multiply-add (ATEN_CPU_CAPABILITY=default), as the package under test computes,
and with AVX2, which fuses some products into sums: the distance of the two is what PyTorch itself changes by from machine to machine.
"""
import math
import sys

import numpy as np
import torch
from torch.optim import SGD, Adam, AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR

from common import made_with, prepare, save
from formula import values

KEPT = (1, 2, 10, 100, 1000)
PARAMETERS = [
    {"name": "weight", "seed": 7001, "shape": [5, 9], "scale": 1.0, "gradient": {"seed": 7011, "scale": 1.0}},
    {"name": "small", "seed": 7002, "shape": [11], "scale": 0.01, "gradient": {"seed": 7012, "scale": 0.001}},
    {"name": "large", "seed": 7003, "shape": [3], "scale": 20.0, "gradient": {"seed": 7013, "scale": 50.0}},
    {"name": "resting", "seed": 7004, "shape": [2], "scale": 1.0, "gradient": {"seed": 7014, "scale": 0.0}},
]
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0}
CASES = [
    {"name": "sgd", "spec": {"type": "sgd"}, "learning_rate": 0.01},
    {"name": "momentum", "spec": {"type": "momentum", "momentum": 0.9, "nesterov": False}, "learning_rate": 0.01},
    {"name": "nesterov", "spec": {"type": "momentum", "momentum": 0.9, "nesterov": True}, "learning_rate": 0.01},
    {"name": "adam", "spec": {"type": "adam", **ADAM}, "learning_rate": 0.001},
    {"name": "adam with decay", "spec": {"type": "adam", **ADAM, "weight_decay": 0.1}, "learning_rate": 0.001},
    {"name": "adamw", "spec": {"type": "adamw", **ADAM, "weight_decay": 0.01}, "learning_rate": 0.001},
    {"name": "adamw of other betas", "spec": {"type": "adamw", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weight_decay": 0.1},
     "learning_rate": 0.003},
    # where the share of a gradient is a half or more, torch.lerp computes from the other end
    {"name": "adam of a short memory", "spec": {"type": "adam", **ADAM, "beta1": 0.5}, "learning_rate": 0.001},
    {"name": "adamw of a shorter memory", "spec": {"type": "adamw", **ADAM, "beta1": 0.3, "weight_decay": 0.01}, "learning_rate": 0.001},
]


def optimiser(spec, parameters, rate):
    if spec["type"] == "sgd":
        return SGD(parameters, lr=rate)
    if spec["type"] == "momentum":
        return SGD(parameters, lr=rate, momentum=spec["momentum"], nesterov=spec["nesterov"])
    kind = {"adam": Adam, "adamw": AdamW}[spec["type"]]
    return kind(parameters, lr=rate, betas=(spec["beta1"], spec["beta2"]), eps=spec["epsilon"], weight_decay=spec["weight_decay"])


def run(row, dtype):
    tensors = [torch.tensor(values(p["seed"], p["shape"], p["scale"])).to(dtype).requires_grad_() for p in PARAMETERS]
    updater, kept = optimiser(row["spec"], tensors, row["learning_rate"]), {}
    for step in range(1, KEPT[-1] + 1):
        for p, tensor in zip(PARAMETERS, tensors):
            start = (step - 1) * tensor.numel()
            tensor.grad = torch.tensor(values(p["gradient"]["seed"], p["shape"], p["gradient"]["scale"], start=start)).to(dtype)
        updater.step()
        if step in KEPT:
            kept.update({f"{step}.{p['name']}": t.detach().clone().numpy() for p, t in zip(PARAMETERS, tensors)})
    return kept


def clipping():
    """Norm and clipped gradients of the first step, for a bound below and one above the norm."""
    rows, tensors = [], {}
    for number, bound in enumerate((1.0, 1000.0)):
        given = []
        for p in PARAMETERS:
            tensor = torch.zeros(p["shape"], requires_grad=True)
            tensor.grad = torch.tensor(values(p["gradient"]["seed"], p["shape"], p["gradient"]["scale"]))
            given.append(tensor)
        norm = torch.nn.utils.clip_grad_norm_(given, bound)
        rows.append({"max": bound, "norm": float(norm), "key": f"clip{number}"})
        tensors.update({f"clip{number}.{p['name']}": t.grad.numpy() for p, t in zip(PARAMETERS, given)})
    return rows, tensors


def schedules():
    def rates(make, steps, base):
        updater = SGD([torch.zeros(1, requires_grad=True)], lr=base)
        scheduler, seen = make(updater), []
        for _ in range(steps):
            seen.append(updater.param_groups[0]["lr"])
            updater.step()
            scheduler.step()
        return seen

    def warm_up_then_cosine(step):
        return (step + 1) / 11 if step < 10 else 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(step - 10, 30) / 30))

    return [
        {"name": "cosine", "spec": {"type": "cosine", "learning_rate": 0.1, "end": 0.001, "steps": 50},
         "rates": rates(lambda u: CosineAnnealingLR(u, T_max=50, eta_min=0.001), 51, 0.1)},
        {"name": "linear", "spec": {"type": "linear", "learning_rate": 0.1, "end": 0.02, "steps": 40},
         "rates": rates(lambda u: LinearLR(u, start_factor=1.0, end_factor=0.2, total_iters=40), 60, 0.1)},
        {"name": "warm-up, then constant",
         "spec": {"type": "warm-up", "steps": 10, "then": {"type": "constant", "learning_rate": 0.1}},
         "rates": rates(lambda u: LambdaLR(u, lambda step: min(1.0, (step + 1) / 11)), 20, 0.1)},
        {"name": "warm-up, then cosine",
         "spec": {"type": "warm-up", "steps": 10, "then": {"type": "cosine", "learning_rate": 0.1, "end": 0.005, "steps": 30}},
         "rates": rates(lambda u: LambdaLR(u, warm_up_then_cosine), 50, 0.1)},
    ]


def main():
    prepare()
    name = sys.argv[1]
    tensors = {}
    for number, row in enumerate(CASES):
        row["key"] = f"{number}"
        single, double = run(row, torch.float32), run(row, torch.float64)
        tensors.update({f"{number}.{k}": v for k, v in single.items()})
        for key in single:
            tensors[f"exact.{number}.{key}"] = double[key]
    rows, clipped = clipping()
    document = {"made_with": made_with(), "kept_after": list(KEPT), "parameters": PARAMETERS, "cases": CASES}
    save(name, {**document, "clipping": rows, "schedules": schedules()}, {**tensors, **clipped})


if __name__ == "__main__":
    main()
