"""Steps of the models of row `gradient` in PyTorch: seconds, the last loss and the version, from the same weights, inputs and targets."""

import array
import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(0)
name, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(f"{folder}/{name}.json") as file:
    given = json.load(file)


def read(path, kind):
    numbers = array.array(kind)
    with open(path, "rb") as file:
        numbers.frombytes(file.read())
    return torch.tensor(numbers, dtype=torch.float32 if kind == "f" else torch.int64)


weights = read(f"{folder}/{name}.weights", "f")
parameters, at = {}, 0
for each in given["parameters"]:
    count = 1
    for axis in each["shape"]:
        count *= axis
    value = weights[at : at + count].reshape(each["shape"]).clone()
    # PyTorch has the output channels of a convolution first, and its pictures have the channels before rows and columns.
    parameters[each["name"]] = (value.permute(3, 2, 0, 1).contiguous() if value.dim() == 4 else value).requires_grad_()
    at += count
targets = read(f"{folder}/{name}.targets", "i")


def w(path):
    return parameters[path]


def linear(x, path):
    return x @ w(f"{path}.weight") + w(f"{path}.bias")


def cnn(x):
    for layer in (0, 3):
        x = F.max_pool2d(F.relu(F.conv2d(x, w(f"layers.{layer}.weight"), w(f"layers.{layer}.bias"), padding="same")), 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    return linear(F.relu(linear(x, "layers.7")), "layers.9")


def norm(x, path):
    return F.layer_norm(x, x.shape[-1:], w(f"{path}.gain"), w(f"{path}.shift"), 1e-5)


def attention(x, path, heads):
    batch, length, width = x.shape
    query, key, value = (
        linear(x, f"{path}.{part}").reshape(batch, length, heads, width // heads).transpose(1, 2) for part in ("query", "key", "value")
    )
    mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    return linear(mixed.transpose(1, 2).reshape(batch, length, width), f"{path}.output")


def transformer(ids):
    x = F.embedding(ids, w("layers.0.table")) + w("layers.1.table")
    for layer in ("layers.2", "layers.3"):
        x = x + attention(norm(x, f"{layer}.attention-norm"), f"{layer}.attention", 4)
        x = x + linear(F.gelu(linear(norm(x, f"{layer}.dense-norm"), f"{layer}.inner")), f"{layer}.outer")
    return linear(norm(x, "layers.4"), "layers.5").flatten(0, 1)


if name == "cnn":
    model, inputs = cnn, read(f"{folder}/{name}.inputs", "f").reshape(-1, 1, 28, 28)
    optimiser = torch.optim.SGD(parameters.values(), lr=given["rate"])
else:
    model, inputs = transformer, read(f"{folder}/{name}.inputs", "i").reshape(-1, 64)
    optimiser = torch.optim.AdamW(parameters.values(), lr=given["rate"], betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)


def step():
    optimiser.zero_grad()
    loss = F.cross_entropy(model(inputs), targets)
    loss.backward()
    optimiser.step()
    return loss


for _ in range(3):
    step()
start = time.perf_counter()
for _ in range(steps):
    loss = step()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "loss": loss.item(), "version": torch.__version__}))
