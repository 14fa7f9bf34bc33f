"""The formatted HSIC bottleneck of Ma 2020 in NumPy, by the formulas of the authors' code: K H on one side, a general inverse.

    python3 hsic.py FOLDER SIGMA SEED [--start FILE] [--epochs N]

FOLDER holds MNIST's IDX files, gzipped. Seven blocks (six of 128, one of 64) learn for N epochs (5), then a softmax layer for 5,
four times: by the running statistics of the last passes, as in the code, and by others. FILE is a safetensors file with the
weights to start from, a model or a checkpoint of ours; with N = 0 it is judged as it is.
"""

import argparse
import gzip
import json
import struct
from pathlib import Path

import numpy as np

BATCH, RATE, DECAY, LAMBDA, EPS = 512, 1e-4, 1e-3, 50, 1e-5
WIDTHS = [784] + [128] * 6 + [64]
BLOCKS = range(7)


def idx(folder, name):
    data = gzip.decompress((Path(folder) / (name + ".gz")).read_bytes())
    return np.frombuffer(data, np.uint8, offset=16 if "images" in name else 8)


def linear(rng, inputs, outputs):
    bound = inputs**-0.5
    return [rng.uniform(-bound, bound, shape).astype(np.float32) for shape in ((outputs, inputs), outputs)]


def tensors(file):
    data = Path(file).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8 : 8 + size])
    return {
        name.removeprefix("network."): np.frombuffer(data[8 + size :][slice(*of["data_offsets"])], np.float32)
        .reshape(of["shape"])
        .copy()
        for name, of in head.items()
        if name != "__metadata__" and of["dtype"] == "F32"
    }


class Net:
    def __init__(self, rng, start):
        self.weights = [linear(rng, WIDTHS[i], WIDTHS[i + 1]) for i in BLOCKS]
        self.mean = [np.zeros(width, np.float32) for width in WIDTHS[1:]]
        self.variance = [np.ones(width, np.float32) for width in WIDTHS[1:]]
        if start:
            found = tensors(start)
            for i in BLOCKS:
                self.weights[i] = [found[f"{i + 1}.weight"], found[f"{i + 1}.bias"]]
                self.mean[i], self.variance[i] = found[f"{i + 1}.mean"], found[f"{i + 1}.variance"]

    def train(self, i, h):
        """Block i by the batch's statistics, which the running ones follow: normalised, variance, output."""
        w, b = self.weights[i]
        a = h @ w.T + b
        mean, variance, n = a.mean(0), a.var(0), len(a)
        self.mean[i] += 0.1 * (mean - self.mean[i])
        self.variance[i] += 0.1 * (variance * (n / (n - 1)) - self.variance[i])
        z = (a - mean) / np.sqrt(variance + EPS)
        return z, variance, np.maximum(z, 0)

    def evaluated(self, h, follow=False):
        """All blocks by the running statistics; follow: by those of these rows, which are kept."""
        for i in BLOCKS:
            w, b = self.weights[i]
            a = h @ w.T + b
            if follow:
                self.mean[i], self.variance[i] = a.mean(0), a.var(0)
            h = np.maximum((a - self.mean[i]) / np.sqrt(self.variance[i] + EPS), 0)
        return h

    def in_batches(self, rows):
        out = []
        for s in range(0, len(rows), BATCH):
            h = rows[s : s + BATCH]
            for i in BLOCKS:
                h = self.train(i, h)[2]
            out.append(h)
        return np.concatenate(out)


def parts(rows, sigma):
    """2 sigma^2 d, K, A = (K H + eps m I)^-1 and K H A."""
    width, m = np.float32(2 * sigma * sigma * rows.shape[1]), len(rows)
    squares = (rows * rows).sum(1)
    k = np.exp(-np.abs(squares[:, None] - 2 * (rows @ rows.T) + squares) / width)
    centred = k - k.mean(1, keepdims=True)
    a = np.linalg.inv(centred + np.float32(EPS * m) * np.eye(m, dtype=np.float32))
    return width, k, a, centred @ a


def gradient(h, shared, sigma):
    width, k, a, _ = parts(h, sigma)
    g = np.float32(EPS * len(h)) * (a @ shared @ a).T
    of_distances = -(g - g.mean(1, keepdims=True)) * k / width
    s = of_distances + of_distances.T
    return 2 * (s.sum(1)[:, None] * h - s @ h)


def step(net, x, target, sigma):
    shared = parts(x, sigma)[3] - LAMBDA * parts(target, sigma)[3]
    for i in BLOCKS:
        h, inputs, own = x, None, None
        for j in BLOCKS:  # the whole net passes forward again, as there
            before, passed = h, net.train(j, h)
            h = passed[2]
            if j == i:
                inputs, own = before, passed
        z, variance, output = own
        gz = gradient(output, shared, sigma) * (z > 0)
        ga = (gz - gz.mean(0) - z * (gz * z).mean(0)) / np.sqrt(variance + EPS)
        w, b = net.weights[i]
        net.weights[i] = [w - RATE * (ga.T @ inputs + DECAY * w), b - RATE * (ga.sum(0) + DECAY * b)]


def dependences(net, x, target, sigma):
    """nHSIC of each block's output with inputs and targets; the running statistics stay."""
    kept = [m.copy() for m in net.mean], [v.copy() for v in net.variance]
    of_x, of_t, h, said = parts(x, sigma)[3], parts(target, sigma)[3], x, []
    for i in BLOCKS:
        h = net.train(i, h)[2]
        own = parts(h, sigma)[3]
        said.append("%.2f/%.3f" % ((own * of_x.T).sum(), (own * of_t.T).sum()))
    net.mean, net.variance = kept
    return " ".join(said)


def judge(name, start, train, labels, test, truth):
    w, b = (part.copy() for part in start)
    for _ in range(5):
        for s in range(0, len(train), BATCH):
            f, y = train[s : s + BATCH], labels[s : s + BATCH]
            p = f @ w.T + b
            p = np.exp(p - p.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(f)), y] -= 1
            p /= len(f)
            w, b = w - 40 * RATE * (p.T @ f + DECAY * w), b - 40 * RATE * (p.sum(0) + DECAY * b)
    print("%6.2f  %s" % (100 * ((test @ w.T + b).argmax(1) == truth).mean(), name), flush=True)


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("folder")
    flags.add_argument("sigma", type=float)
    flags.add_argument("seed", type=int)
    flags.add_argument("--start")
    flags.add_argument("--epochs", type=int, default=5)
    given = flags.parse_args()
    images = [idx(given.folder, n + "-images-idx3-ubyte").reshape(-1, 784) / np.float32(255) for n in ("train", "t10k")]
    labels = [idx(given.folder, n + "-labels-idx1-ubyte").astype(int) for n in ("train", "t10k")]
    (x, test), (y, truth), one = images, labels, np.eye(10, dtype=np.float32)
    rng = np.random.RandomState(given.seed)
    net, head = Net(rng, given.start), linear(rng, 64, 10)
    for epoch in range(given.epochs):
        for s in range(0, len(x), BATCH):
            step(net, x[s : s + BATCH], one[y[s : s + BATCH]], given.sigma)
        print("epoch", epoch + 1, dependences(net, x[:BATCH], one[y[:BATCH]], given.sigma), flush=True)
    print("nHSIC of blocks with inputs/targets", dependences(net, x[:BATCH], one[y[:BATCH]], given.sigma))
    judge("running statistics of the last passes", head, net.evaluated(x), y, net.evaluated(test), truth)
    own = net.in_batches(x)
    judge("learned by batches, tested by running statistics", head, own, y, net.evaluated(test), truth)
    judge("each batch by its own", head, own, y, net.in_batches(test), truth)
    all_rows = net.evaluated(x, follow=True)
    judge("statistics of all training rows", head, all_rows, y, net.evaluated(test), truth)


if __name__ == "__main__":
    main()
