"""One pass forward and one back for each operation of the tape: y = op(inputs), loss = sum(y * upstream)."""
import numpy as np
import torch
import torch.nn.functional as F

from common import made_with, prepare, save
from formula import integers, values


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def pads(size, kernel, stride):
    """"same": the output has ceil(size / stride) places; an odd pad has its larger half at the end."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def conv2d(t, o):
    x, w, stride = nchw(t["x"]), t["w"].permute(3, 2, 0, 1), o["stride"]
    if o["padding"] == "same":
        top, bottom = pads(x.shape[2], w.shape[2], stride[0])
        left, right = pads(x.shape[3], w.shape[3], stride[1])
        x = F.pad(x, (left, right, top, bottom))
    return nhwc(F.conv2d(x, w, t.get("b"), stride=stride))


def linear(t, o):
    return F.linear(t["x"], t["w"].T, t.get("b"))


def attention(t, o):
    return F.scaled_dot_product_attention(t["q"], t["k"], t["v"], is_causal=o["causal"])


def loss(rows, o):
    """The sum over the samples of the mean over the elements of each, over the denominator."""
    return rows.flatten(1).mean(1).sum() / o["denominator"]


OPS = {
    "add": lambda t, o: t["a"] + t["b"],
    "subtract": lambda t, o: t["a"] - t["b"],
    "multiply": lambda t, o: t["a"] * t["b"],
    "scale": lambda t, o: t["a"] * o["by"],
    "addScalar": lambda t, o: t["a"] + o["by"],
    "negate": lambda t, o: -t["a"],
    "linear": linear,
    "matmul": lambda t, o: t["a"] @ (t["b"].mT if o["transposeB"] else t["b"]),
    "conv2d": conv2d,
    "maxPool2d": lambda t, o: nhwc(F.max_pool2d(nchw(t["x"]), o["size"], o["stride"])),
    "averagePool2d": lambda t, o: nhwc(F.avg_pool2d(nchw(t["x"]), o["size"], o["stride"])),
    "globalAveragePool": lambda t, o: nhwc(F.adaptive_avg_pool2d(nchw(t["x"]), 1)).flatten(1),
    "relu": lambda t, o: F.relu(t["x"]),
    "gelu": lambda t, o: F.gelu(t["x"]),
    "tanh": lambda t, o: torch.tanh(t["x"]),
    "sigmoid": lambda t, o: torch.sigmoid(t["x"]),
    "exp": lambda t, o: torch.exp(t["x"]),
    "log": lambda t, o: torch.log(t["x"]),
    "square": lambda t, o: t["x"].square(),
    "clamp": lambda t, o: torch.clamp(t["x"], o["lo"], o["hi"]),
    "minimum": lambda t, o: torch.minimum(t["a"], t["b"]),
    "softmax": lambda t, o: F.softmax(t["x"], -1),
    "logSoftmax": lambda t, o: F.log_softmax(t["x"], -1),
    "layerNorm": lambda t, o: F.layer_norm(t["x"], t["x"].shape[-1:], t["gain"], t["shift"], o["epsilon"]),
    "groupNorm": lambda t, o: nhwc(F.group_norm(nchw(t["x"]), o["groups"], t["gain"], t["shift"], o["epsilon"])),
    "embedding": lambda t, o: F.embedding(t["ids"], t["table"]),
    "gather": lambda t, o: t["x"].gather(1, t["ids"][:, None])[:, 0],
    "transpose": lambda t, o: t["x"].permute(o["axes"]),
    "meanOver": lambda t, o: t["x"].mean(o["axis"]),
    "sumLast": lambda t, o: t["x"].sum(-1),
    "sumAll": lambda t, o: t["x"].sum(),
    "meanAll": lambda t, o: t["x"].mean(),
    "attention": attention,
    "softmaxCrossEntropy": lambda t, o: F.cross_entropy(t["x"], t["ids"], reduction="sum", label_smoothing=o["label_smoothing"])
    / o["denominator"],
    "binaryCrossEntropy": lambda t, o: loss(F.binary_cross_entropy_with_logits(t["x"], t["target"], reduction="none"), o),
    "meanSquaredError": lambda t, o: loss(F.mse_loss(t["x"], t["target"], reduction="none"), o),
    "huber": lambda t, o: loss(F.huber_loss(t["x"], t["target"], reduction="none", delta=o["delta"]), o),
}

CASES = []


def case(name, op, inputs, options=None, ids=None, constants=None):
    """`inputs` carry a gradient, `constants` do not; each is a dictionary of U() or W(); `ids` is [shape, below]."""
    number = len(CASES)
    seeds = iter(range(number * 10 + 1, number * 10 + 10))
    named = lambda many: {k: {"seed": next(seeds), **v} for k, v in many.items()}
    row = {"name": name, "op": op, "options": options or {}, "inputs": named(inputs), "constants": named(constants or {})}
    if ids:
        row["ids"] = {"seed": next(seeds), "shape": ids[0], "below": ids[1]}
    row["upstream"] = number * 10 + 10
    CASES.append(row)


def U(*shape, scale=1.0, offset=0.0):
    return {"shape": list(shape), "scale": scale, "offset": offset}


def W(*shape, below, scale=1.0, offset=0.0):
    """Few different values, so that many are equal: `offset` + `scale` * whole number."""
    return {**U(*shape, scale=scale, offset=offset), "below": below}


for op in ("add", "subtract", "multiply", "minimum"):
    case(op, op, {"a": U(3, 4, 5), "b": U(3, 4, 5)})
case("add of a row to each row", "add", {"a": U(3, 4, 5), "b": U(5)})
case("multiply of each row by a row", "multiply", {"a": U(3, 4, 5), "b": U(5)})
case("scale", "scale", {"a": U(4, 7)}, {"by": 0.3})
case("addScalar", "addScalar", {"a": U(4, 7)}, {"by": 0.3})
case("negate", "negate", {"a": U(4, 7)})
case("linear", "linear", {"x": U(6, 7), "w": U(7, 5), "b": U(5)})
case("linear without bias", "linear", {"x": U(6, 7), "w": U(7, 5)})
case("linear of sequences", "linear", {"x": U(3, 5, 8), "w": U(8, 12), "b": U(12)})
case("linear over 300 inputs", "linear", {"x": U(9, 300), "w": U(300, 20, scale=0.1), "b": U(20)})
case("linear over 64 samples", "linear", {"x": U(64, 33), "w": U(33, 17), "b": U(17)})
case("matmul", "matmul", {"a": U(2, 3, 4, 5), "b": U(2, 3, 5, 6)}, {"transposeB": False})
case("matmul with the second transposed", "matmul", {"a": U(2, 3, 4, 5), "b": U(2, 3, 6, 5)}, {"transposeB": True})
case("conv2d, 3 x 3, same", "conv2d", {"x": U(2, 6, 7, 3), "w": U(3, 3, 3, 5), "b": U(5)}, {"stride": [1, 1], "padding": "same"})
case("conv2d, 3 x 3, valid", "conv2d", {"x": U(2, 6, 7, 3), "w": U(3, 3, 3, 5), "b": U(5)}, {"stride": [1, 1], "padding": "valid"})
case("conv2d, 3 x 3, same, stride 2", "conv2d", {"x": U(2, 8, 7, 3), "w": U(3, 3, 3, 4), "b": U(4)}, {"stride": [2, 2], "padding": "same"})
case("conv2d, 3 x 3, valid, stride 2", "conv2d", {"x": U(2, 8, 7, 3), "w": U(3, 3, 3, 4), "b": U(4)}, {"stride": [2, 2], "padding": "valid"})
case("conv2d, 5 x 2, same", "conv2d", {"x": U(2, 9, 5, 2), "w": U(5, 2, 2, 3), "b": U(3)}, {"stride": [1, 1], "padding": "same"})
case("conv2d, 1 x 1, without bias", "conv2d", {"x": U(3, 4, 4, 6), "w": U(1, 1, 6, 8)}, {"stride": [1, 1], "padding": "valid"})
case("conv2d of one channel, 16 filters", "conv2d", {"x": U(4, 12, 12, 1), "w": U(3, 3, 1, 16), "b": U(16)}, {"stride": [1, 1], "padding": "same"})
case("maxPool2d, 2 by 2", "maxPool2d", {"x": U(2, 6, 8, 3)}, {"size": [2, 2], "stride": [2, 2]})
case("maxPool2d, 3 by 2, overlapping", "maxPool2d", {"x": U(2, 7, 9, 3)}, {"size": [3, 3], "stride": [2, 2]})
case("maxPool2d, 2 x 3 windows", "maxPool2d", {"x": U(2, 6, 9, 3)}, {"size": [2, 3], "stride": [2, 1]})
case("averagePool2d, 2 by 2", "averagePool2d", {"x": U(2, 6, 8, 3)}, {"size": [2, 2], "stride": [2, 2]})
case("averagePool2d, 3 by 2, overlapping", "averagePool2d", {"x": U(2, 7, 9, 3)}, {"size": [3, 3], "stride": [2, 2]})
case("globalAveragePool", "globalAveragePool", {"x": U(3, 5, 4, 6)})
for op in ("relu", "gelu", "tanh", "sigmoid", "exp", "square"):
    case(op, op, {"x": U(16, 16, scale=3.0)})
for op in ("gelu", "tanh", "sigmoid"):
    case(f"{op} of large values", op, {"x": U(16, 16, scale=30.0)})
case("tanh of small values", "tanh", {"x": U(16, 16, scale=0.01)})
case("exp over its range", "exp", {"x": U(16, 16, scale=86.0)})
case("log", "log", {"x": U(16, 16, scale=4.0, offset=4.001)})
case("log about 1", "log", {"x": U(16, 16, scale=0.01, offset=1.0)})
case("clamp", "clamp", {"x": U(5, 9, scale=2.0)}, {"lo": -0.5, "hi": 1.25})
case("relu at 0", "relu", {"x": W(6, 8, below=3, offset=-1.0)})
case("clamp at its bounds", "clamp", {"x": W(6, 8, below=5, offset=-2.0)}, {"lo": -1.0, "hi": 1.0})
case("minimum of equals", "minimum", {"a": W(6, 8, below=2), "b": W(6, 8, below=2)})
case("maxPool2d of equals", "maxPool2d", {"x": W(2, 6, 6, 2, below=2)}, {"size": [2, 2], "stride": [2, 2]})
case("maxPool2d of equals, overlapping", "maxPool2d", {"x": W(2, 7, 7, 2, below=2)}, {"size": [3, 3], "stride": [2, 2]})
case("softmax", "softmax", {"x": U(6, 11, scale=3.0)})
case("softmax of large values", "softmax", {"x": U(6, 11, scale=60.0)})
case("logSoftmax", "logSoftmax", {"x": U(6, 11, scale=3.0)})
case("layerNorm", "layerNorm", {"x": U(2, 5, 16), "gain": U(16, offset=1.0), "shift": U(16)}, {"epsilon": 1e-5})
case("layerNorm far from 0", "layerNorm", {"x": U(4, 24, offset=8.0), "gain": U(24), "shift": U(24)}, {"epsilon": 1e-5})
case("groupNorm", "groupNorm", {"x": U(2, 4, 5, 6), "gain": U(6, offset=1.0), "shift": U(6)}, {"groups": 3, "epsilon": 1e-5})
case("groupNorm, one group", "groupNorm", {"x": U(2, 4, 5, 6), "gain": U(6), "shift": U(6)}, {"groups": 1, "epsilon": 1e-5})
case("embedding", "embedding", {"table": U(7, 6)}, ids=[[4, 5], 7])
case("gather", "gather", {"x": U(6, 5)}, ids=[[6], 5])
case("transpose", "transpose", {"x": U(2, 3, 4, 5)}, {"axes": [0, 2, 1, 3]})
case("meanOver the middle axis", "meanOver", {"x": U(3, 7, 5)}, {"axis": 1})
case("sumLast", "sumLast", {"x": U(4, 3, 9)})
case("sumAll", "sumAll", {"x": U(13, 17)})
case("meanAll", "meanAll", {"x": U(13, 17)})
for causal in (False, True):
    case(f"attention{', causal' if causal else ''}", "attention", {k: U(2, 3, 6, 4) for k in "qkv"}, {"causal": causal})
for smoothing in (0.0, 0.1):
    case(f"softmaxCrossEntropy, smoothing {smoothing}", "softmaxCrossEntropy", {"x": U(8, 10, scale=4.0)},
         {"label_smoothing": smoothing, "denominator": 8}, ids=[[8], 10])
case("softmaxCrossEntropy of a part of a batch", "softmaxCrossEntropy", {"x": U(8, 10)}, {"label_smoothing": 0.0, "denominator": 32}, ids=[[8], 10])
case("binaryCrossEntropy", "binaryCrossEntropy", {"x": U(8, 3, scale=6.0)}, {"denominator": 8}, constants={"target": U(8, 3, scale=0.5, offset=0.5)})
case("meanSquaredError", "meanSquaredError", {"x": U(8, 3)}, {"denominator": 8}, constants={"target": U(8, 3)})
case("huber", "huber", {"x": U(8, 6, scale=2.0)}, {"delta": 1.0, "denominator": 8}, constants={"target": U(8, 6, scale=2.0)})


def numbers(i):
    if "below" in i:
        return (i["offset"] + i["scale"] * integers(i["seed"], i["shape"], i["below"])).astype(np.float32)
    return values(i["seed"], i["shape"], i["scale"], i["offset"])


def run(row, dtype):
    make = lambda i: torch.tensor(numbers(i)).to(dtype)
    inputs = {k: make(v).requires_grad_() for k, v in row["inputs"].items()}
    given = {**inputs, **{k: make(v) for k, v in row["constants"].items()}}
    if "ids" in row:
        given["ids"] = torch.tensor(integers(row["ids"]["seed"], row["ids"]["shape"], row["ids"]["below"]))
    y = OPS[row["op"]](given, row["options"])
    (y * torch.tensor(values(row["upstream"], list(y.shape))).to(dtype)).sum().backward()
    return {"y": y.detach().contiguous().numpy(), **{k: v.grad.contiguous().numpy() for k, v in inputs.items()}}


def main():
    prepare()
    tensors = {}
    for number, row in enumerate(CASES):
        single, double = run(row, torch.float32), run(row, torch.float64)
        row["key"] = f"{number:02}"
        tensors.update({f"{number:02}.{k}": v for k, v in single.items()})
        tensors.update({f"exact.{number:02}.{k}": v for k, v in double.items()})
    save("operations", {"made_with": made_with(), "cases": CASES}, tensors)


if __name__ == "__main__":
    main()
