"""What the scripts share: how a case is written down, and how layouts are turned into PyTorch's and back."""
import json
import os

import numpy as np
import torch
from safetensors.numpy import save_file

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "torch")


def prepare():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def save(name, document, tensors):
    """Writes <name>.json (one case a line) and <name>.safetensors (F32; a name that begins with "exact." comes from doubles)."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            lines.append(f"  {json.dumps(key)}: [\n{rows}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    with open(os.path.join(GOLDEN, f"{name}.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    if tensors:
        plain = {key: np.ascontiguousarray(value, dtype=np.float32).reshape(value.shape) for key, value in tensors.items()}
        path = os.path.join(GOLDEN, f"{name}.safetensors")
        save_file(plain, path)
        os.chmod(path, 0o644)


def made_with():
    """The versions and the instruction set of this run; part of each stored file."""
    return {
        "torch": torch.__version__.split("+")[0],
        "numpy": np.__version__,
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }
