"""200 steps of AdamW of a small causal Transformer over the bytes of a real text: the losses of PyTorch, in float and in double."""
import os

import numpy as np
import torch
import torch.nn.functional as F

from common import GOLDEN, made_with, prepare, save
from formula import words
from networks import Transformer

STEPS, BATCH, LENGTH, RATE = 200, 8, 32, 0.003
ADAMW = {"type": "adamw", "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weight_decay": 0.01}
WINDOWS, FIRST_SEED = 9201, 9300


def run(text, dtype):
    network = Transformer(256, LENGTH, 32, 2, 64, 2, True).to(dtype)
    network.slots.seeded(FIRST_SEED)
    network.slots.put()
    updater = torch.optim.AdamW(network.parameters(), lr=RATE, betas=(ADAMW["beta1"], ADAMW["beta2"]), eps=ADAMW["epsilon"],
                                weight_decay=ADAMW["weight_decay"])
    losses = []
    for step in range(STEPS):
        starts = words(WINDOWS, BATCH, step * BATCH) % np.uint64(len(text) - LENGTH)
        windows = torch.tensor(np.stack([text[int(s) : int(s) + LENGTH + 1] for s in starts]).astype(np.int64))
        updater.zero_grad()
        loss = F.cross_entropy(network(windows[:, :-1]).reshape(-1, 256), windows[:, 1:].reshape(-1))
        loss.backward()
        updater.step()
        losses.append(float(loss.detach()))
    return losses, network


def main():
    prepare()
    text = np.fromfile(os.path.join(GOLDEN, "alice.txt"), dtype=np.uint8)
    single, network = run(text, torch.float32)
    double, _ = run(text, torch.float64)
    save("curve", {
        "made_with": made_with(), "text": "alice.txt", "steps": STEPS, "batch": BATCH, "length": LENGTH, "learning_rate": RATE,
        "optimiser": ADAMW, "windows": {"seed": WINDOWS, "below": len(text) - LENGTH}, "spec": network.spec,
        "parameters": network.slots.written(),
        "losses": single, "losses_double": double,
    }, {})


if __name__ == "__main__":
    main()
