"""The integer engine once more, in NumPy, from the papers' definitions; feedback and test rows are drawn as there.

    python3 reference.py                 the checksums that ReferenceTest expects
    python3 reference.py FOLDER SEED     TIFeD at its published settings on the IDX files of FOLDER,
                                         rows in the stored order, feedback from RandomState(SEED)

Song and Lin 2022 (arXiv:2201.02863); Colombo, Falcetta and Roveri 2024 (arXiv:2411.16442).
"""

import glob
import gzip
import math
import sys
import zlib

import numpy as np

LOW64 = (1 << 64) - 1
LARGEST = 32767


def draw(key, index):
    """SplitMix64."""
    x = (key + (index + 1) * 0x9E3779B97F4A7C15) & LOW64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & LOW64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & LOW64
    return x ^ (x >> 31)


def child(key, index):
    return draw(draw(key, index), index)


def toward_zero(a, b):
    return np.sign(a) * (np.abs(a) // b)


def floor(a, b):
    return a // b


class Net:
    """Dense layers of zero weights; feedback [classes, units] of each hidden layer."""

    def __init__(self, tifed, sizes, feedback):
        self.tifed = tifed
        self.divide = floor if tifed else toward_zero
        self.top = 128 if tifed else 127
        self.hot = 16 if tifed else 15
        self.weights = [np.zeros((n, m), np.int64) for n, m in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(m, np.int64) for m in sizes[1:]]
        self.feedback = feedback

    def tanh(self, v):
        """The pieces and their inverse slopes."""
        quarter = self.divide(v, 4)
        pieces = [v < -127, v < -74, v < -31, v < 32, v < 75, v < 128]
        value = np.select(
            pieces, [0 * v - 127, quarter - 88, v - 32, 2 * v, v + 32, quarter + 88], self.top)
        slope = np.select(pieces, [0 * v + self.top, 8, 2, 1, 2, 8], self.top)
        return value, slope

    def forward(self, pixels):
        h, trace = pixels.astype(np.int64) - (128 if self.tifed else 0), []
        for w, b in zip(self.weights, self.biases):
            z = np.rint(h.astype(float) @ w.astype(float)).astype(np.int64) + b  # exact below 2^53
            value, slope = self.tanh(self.divide(z, 256 * len(w)))
            trace.append((h, slope))
            h = value
        return h, trace

    def step(self, pixels, labels, rate, layers):
        output, trace = self.forward(pixels)
        error = output.copy()
        error[np.arange(len(labels)), labels] -= self.hot
        for l in layers:
            h, slope = trace[l]
            heard = error if l == len(trace) - 1 else error @ self.feedback[l]
            delta = self.divide(heard, slope)
            self.change(self.weights[l], h.T @ delta, rate)
            self.change(self.biases[l], delta.sum(0), rate)

    def change(self, values, total, rate):
        values[...] = np.clip(values - self.divide(total, rate), -LARGEST, LARGEST)

    def checksum(self):
        return zlib.crc32(b"".join(
            a.astype(">i2").tobytes() for pair in zip(self.weights, self.biases) for a in pair))


def feedback(tifed, sizes, seed):
    """As the engine draws it."""
    matrices = []
    for l, (n, m) in enumerate(zip(sizes, sizes[1:-1])):
        r = math.isqrt(12 * LARGEST // ((sizes[-1] if tifed else n) + m))
        rows = []
        for c in range(sizes[-1]):
            key = child(child(seed, l), c)
            row = [((draw(key, j) >> 32) * 2 * r >> 32) - r for j in range(m)]
            rows.append(row if tifed else [x + (x >= 0) for x in row])
        matrices.append(np.array(rows, np.int64))
    return matrices


def federate(make, pixels, labels, workers, single, buffer, buffer_epochs, batch, rate):
    """One epoch. Every worker has arrays of its own; the server's average truncates."""
    nets = [make() for _ in range(workers)]
    depth, shard = len(nets[0].weights), len(labels) // workers
    own = [[k * depth // workers] if single else range(depth) for k in range(workers)]
    for start in range(0, shard // buffer * buffer, buffer):
        for _ in range(buffer_epochs):
            for k, net in enumerate(nets):
                for at in range(k * shard + start, k * shard + start + buffer, batch):
                    rows = slice(at, min(at + batch, k * shard + start + buffer))
                    net.step(pixels[rows], labels[rows], rate, own[k])
            for l in range(depth):
                senders = [net for k, net in enumerate(nets) if l in own[k]]
                w = toward_zero(sum(net.weights[l] for net in senders), len(senders))
                b = toward_zero(sum(net.biases[l] for net in senders), len(senders))
                for net in nets:
                    net.weights[l], net.biases[l] = w.copy(), b.copy()
    return nets[0]


def stripes(rows, width, classes):
    """Rows of a class are alike; any implementation of SplitMix64 can make them."""
    labels = np.arange(rows) % classes
    noise = [[draw(7, r * width + i) >> 57 for i in range(width)] for r in range(rows)]
    bright = (np.arange(width) * classes // width)[None, :] == labels[:, None]
    return np.array(noise) + 128 * bright, labels


def checksums():
    sizes, (pixels, labels) = [40, 16, 12, 4], stripes(600, 40, 4)
    for name in ("pocketnn", "tifed"):
        net = Net(name == "tifed", sizes, feedback(name == "tifed", sizes, 5))
        for _ in range(3):
            for at in range(0, 600, 20):
                net.step(pixels[at:at + 20], labels[at:at + 20], 1000, range(3))
        print(name, net.checksum(), "right", (net.forward(pixels)[0].argmax(1) == labels).sum())
    for name, single in (("full", False), ("single-layer", True)):
        make = lambda: Net(True, sizes, feedback(True, sizes, 5))
        net = federate(make, pixels, labels, 6, single, 20, 5, 8, 300)
        print(name, net.checksum(), "right", (net.forward(pixels)[0].argmax(1) == labels).sum())


def published(folder, seed):
    def read(part, head):
        with gzip.open(glob.glob(f"{folder}/{part}*.gz")[0]) as file:
            return np.frombuffer(file.read(), np.uint8, offset=head)

    pixels, labels = read("train-images", 16).reshape(-1, 784), read("train-labels", 8)
    unseen, truth = read("t10k-images", 16).reshape(-1, 784), read("t10k-labels", 8)
    b = [np.random.RandomState(seed).randint(-43, 43, (10, 200))]
    for name, single in (("full", False), ("single-layer", True)):
        net = federate(
            lambda: Net(True, [784, 200, 10], b), pixels, labels, 8, single, 50, 5, 25, 2048)
        right = (net.forward(unseen)[0].argmax(1) == truth).mean()
        print(name, "feedback", seed, f"{100 * right:.2f} %", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        published(sys.argv[1], int(sys.argv[2]))
    else:
        checksums()
