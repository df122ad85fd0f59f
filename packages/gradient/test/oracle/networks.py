"""Whole models: loss, outputs and the gradient of every parameter, of PyTorch's own modules given our weights.

A network is a module and a list of (name, shape, where it is in the module, how it is laid out there). Our layouts: dense [in, out],
convolution [kh, kw, in, out], pictures NHWC, three matrices for query, key and value where PyTorch has one.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import made_with, prepare, save
from formula import integers, values


class Slots:
    """Where each of our parameters lives in a module: `put` and `take` convert between the layouts."""

    def __init__(self):
        self.rows = []

    def add(self, name, tensor, ours, kind, fan=None, offset=0.0):
        """`kind`: plain | dense ([out, in]) | conv ([out, in, kh, kw]) | third-0..2 (rows of a joint [3 d, d] or [3 d])."""
        scale = 0.25 if fan is None else 1 / math.sqrt(fan)
        self.rows.append({"name": name, "shape": list(ours), "scale": scale, "offset": offset, "tensor": tensor, "kind": kind})

    def dense(self, name, module):
        out, fan = module.weight.shape
        self.add(f"{name}.weight", module.weight, (fan, out), "dense", fan)
        if module.bias is not None:
            self.add(f"{name}.bias", module.bias, (out,), "plain")

    def conv(self, name, module):
        o, i, h, w = module.weight.shape
        self.add(f"{name}.weight", module.weight, (h, w, i, o), "conv", i * h * w)
        self.add(f"{name}.bias", module.bias, (o,), "plain")

    def norm(self, name, module):
        self.add(f"{name}.gain", module.weight, module.weight.shape, "plain", offset=1.0)
        self.add(f"{name}.shift", module.bias, module.bias.shape, "plain")

    def block(self, name, layer):
        d = layer.linear1.weight.shape[1]
        self.norm(f"{name}.attention-norm", layer.norm1)
        for part, which in enumerate(("query", "key", "value")):
            self.add(f"{name}.attention.{which}.weight", layer.self_attn.in_proj_weight, (d, d), f"third-{part}", d)
            self.add(f"{name}.attention.{which}.bias", layer.self_attn.in_proj_bias, (d,), f"third-{part}")
        self.dense(f"{name}.attention.output", layer.self_attn.out_proj)
        self.norm(f"{name}.dense-norm", layer.norm2)
        self.dense(f"{name}.inner", layer.linear1)
        self.dense(f"{name}.outer", layer.linear2)

    @staticmethod
    def view(row, full):
        """Our layout of (a part of) a tensor of PyTorch, as a view."""
        if row["kind"] == "dense":
            return full.T
        if row["kind"] == "conv":
            return full.permute(2, 3, 1, 0)
        if row["kind"].startswith("third-"):
            part = full.chunk(3)[int(row["kind"][-1])]
            return part.T if part.dim() == 2 else part
        return full

    def seeded(self, first):
        for number, row in enumerate(self.rows):
            row["seed"] = first + number

    def put(self):
        with torch.no_grad():
            for row in self.rows:
                given = values(row["seed"], row["shape"], row["scale"], row["offset"])
                self.view(row, row["tensor"]).copy_(torch.tensor(given))

    def gradients(self):
        return {row["name"]: self.view(row, row["tensor"].grad).contiguous().numpy().copy() for row in self.rows}

    def written(self):
        return [{k: row[k] for k in ("name", "shape", "seed", "scale", "offset")} for row in self.rows]


ZEROS = {"type": "zeros"}


def dense(units):
    return {"type": "dense", "units": units, "bias": True, "init": ZEROS}


def conv(filters):
    return {"type": "conv2d", "filters": filters, "kernel": [3, 3], "stride": [1, 1], "padding": "same", "bias": True, "init": ZEROS}


class Mlp(nn.Module):
    classes, shape = 5, [8, 20]
    spec = {
        "input": {"kind": "values", "shape": shape[1:]},
        "layers": [dense(32), {"type": "relu"}, dense(16), {"type": "tanh"}, dense(5)],
    }

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(20, 32), nn.Linear(32, 16), nn.Linear(16, 5)
        self.slots = Slots()
        for name, module in ((0, self.a), (2, self.b), (4, self.c)):
            self.slots.dense(f"layers.{name}", module)

    def forward(self, x):
        return self.c(torch.tanh(self.b(F.relu(self.a(x)))))


class Cnn(nn.Module):
    classes, shape = 10, [6, 12, 12, 1]
    spec = {
        "input": {"kind": "values", "shape": shape[1:]},
        "layers": [
            conv(4), {"type": "relu"}, {"type": "max-pool2d", "size": [2, 2], "stride": [2, 2]},
            conv(8), {"type": "group-norm", "groups": 4, "epsilon": 1e-5}, {"type": "gelu"},
            {"type": "average-pool2d", "size": [2, 2], "stride": [2, 2]}, {"type": "flatten"}, dense(16), {"type": "relu"}, dense(10),
        ],
    }

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1)
        self.n, self.c, self.d = nn.GroupNorm(4, 8, eps=1e-5), nn.Linear(72, 16), nn.Linear(16, 10)
        self.slots = Slots()
        self.slots.conv("layers.0", self.a)
        self.slots.conv("layers.3", self.b)
        self.slots.norm("layers.4", self.n)
        self.slots.dense("layers.8", self.c)
        self.slots.dense("layers.10", self.d)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x.permute(0, 3, 1, 2))), 2)
        x = F.avg_pool2d(F.gelu(self.n(self.b(x))), 2)
        return self.d(F.relu(self.c(x.permute(0, 2, 3, 1).flatten(1))))


class Transformer(nn.Module):
    """Embedding, learned positions, blocks that normalise before; then either a class for the sequence or a token for each place."""

    def __init__(self, vocabulary, length, width, heads, hidden, blocks, causal, classes=None):
        super().__init__()
        self.table, self.positions = nn.Embedding(vocabulary, width), nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(blocks)
        )
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, classes or vocabulary)
        self.causal, self.classifies = causal, classes is not None
        block = {"type": "transformer-block", "heads": heads, "hidden": hidden, "dropout": 0, "causal": causal, "norm": "pre",
                 "activation": "gelu", "init": ZEROS}
        self.spec = {
            "input": {"kind": "tokens", "length": length, "vocabulary": vocabulary},
            "layers": [
                {"type": "embedding", "width": width, "init": ZEROS}, {"type": "positional", "kind": "learned", "init": ZEROS},
                *[block] * blocks, {"type": "layer-norm", "epsilon": 1e-5},
                *([{"type": "mean-over-positions"}] if self.classifies else []), dense(classes or vocabulary),
            ],
        }
        self.slots = Slots()
        self.slots.add("layers.0.table", self.table.weight, (vocabulary, width), "plain")
        self.slots.add("layers.1.table", self.positions, (length, width), "plain")
        for number, block in enumerate(self.blocks):
            self.slots.block(f"layers.{number + 2}", block)
        self.slots.norm(f"layers.{blocks + 2}", self.norm)
        self.slots.dense(f"layers.{blocks + (4 if self.classifies else 3)}", self.head)

    def forward(self, ids):
        x = self.table(ids) + self.positions
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1], dtype=x.dtype) if self.causal else None
        for block in self.blocks:
            x = block(x, src_mask=mask, is_causal=self.causal)
        x = self.norm(x)
        return self.head(x.mean(1) if self.classifies else x)


NETWORKS = [
    {"name": "mlp", "make": Mlp, "input": {"seed": 9001, "shape": Mlp.shape, "scale": 1.0, "offset": 0.0}, "classes": 5},
    {"name": "cnn", "make": Cnn, "input": {"seed": 9002, "shape": Cnn.shape, "scale": 1.0, "offset": 0.0}, "classes": 10},
    {"name": "transformer classifier", "make": lambda: Transformer(12, 9, 16, 2, 32, 1, False, 4),
     "ids": {"seed": 9003, "shape": [6, 9], "below": 12}, "classes": 4},
    {"name": "causal language model", "make": lambda: Transformer(24, 10, 16, 2, 32, 2, True),
     "ids": {"seed": 9004, "shape": [4, 10], "below": 24}, "classes": 24},
]


def run(row, dtype):
    network = row["make"]().to(dtype)
    network.slots.seeded(row["first_seed"])
    network.slots.put()
    if "input" in row:
        i = row["input"]
        y = network(torch.tensor(values(i["seed"], i["shape"], i["scale"], i["offset"])).to(dtype))
    else:
        y = network(torch.tensor(integers(row["ids"]["seed"], row["ids"]["shape"], row["ids"]["below"])))
    flat = y.reshape(-1, row["classes"])
    targets = torch.tensor(integers(row["targets"], [flat.shape[0]], row["classes"]))
    loss = F.cross_entropy(flat, targets)
    loss.backward()
    return {"loss": loss.detach().numpy(), "outputs": y.detach().contiguous().numpy(), **network.slots.gradients()}, network


def main():
    prepare()
    tensors, cases = {}, []
    for number, network in enumerate(NETWORKS):
        row = {**network, "first_seed": 8000 + 100 * number, "targets": 9100 + number, "key": f"{number}"}
        single, module = run(row, torch.float32)
        row["spec"], row["parameters"] = module.spec, module.slots.written()
        double, _ = run(row, torch.float64)
        tensors.update({f"{number}.{k}": v for k, v in single.items()})
        tensors.update({f"exact.{number}.{k}": v for k, v in double.items()})
        del row["make"], row["first_seed"]
        cases.append(row)
    save("networks", {"made_with": made_with(), "cases": cases}, tensors)


if __name__ == "__main__":
    main()
