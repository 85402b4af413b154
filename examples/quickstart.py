"""Train a small network on the handwritten digits that ship with scikit-learn, and report everything.

    python examples/quickstart.py [--epochs 120] [--lr 0.02] [--hidden 96] [--seed 0]

Two or three minutes on a laptop; watch it with ``stripchart ui``. Kill it (``kill -9``) whenever you like.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits

from stripchart import Logger, Task


class Network:
    """Classify with two hidden tanh layers; gradients by hand, momentum SGD."""

    def __init__(self, sizes: list[int], rng: np.random.Generator) -> None:
        self.weights = [rng.normal(0, 1 / math.sqrt(m), (m, n)) for m, n in pairwise(sizes)]
        self.biases = [np.zeros(n) for n in sizes[1:]]
        self.momentum = [np.zeros_like(w) for w in self.weights]

    def forward(self, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the activations of every layer and the class probabilities, shape (batch, classes)."""
        activations = [x]
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            activations.append(np.tanh(activations[-1] @ w + b))
        logits = activations[-1] @ self.weights[-1] + self.biases[-1]
        logits -= logits.max(axis=1, keepdims=True)
        exponents = np.exp(logits)
        return activations, exponents / exponents.sum(axis=1, keepdims=True)

    def step(self, x: np.ndarray, y: np.ndarray, rate: float) -> tuple[float, list[float]]:
        """Take one step; return the mean cross-entropy and each layer's gradient norm."""
        activations, p = self.forward(x)
        loss = float(-np.log(p[np.arange(len(y)), y] + 1e-12).mean())
        delta = p
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        norms = []
        for layer in reversed(range(len(self.weights))):
            gradient = activations[layer].T @ delta
            norms.append(float(np.linalg.norm(gradient)))
            bias_gradient = delta.sum(axis=0)
            delta = (delta @ self.weights[layer].T) * (1 - activations[layer] ** 2)
            self.momentum[layer] = 0.9 * self.momentum[layer] - rate * gradient
            self.weights[layer] += self.momentum[layer]
            self.biases[layer] -= rate * bias_gradient
        return loss, norms[::-1]

    def evaluate(self, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
        """Return mean cross-entropy and accuracy."""
        _, p = self.forward(x)
        return (
            float(-np.log(p[np.arange(len(y)), y] + 1e-12).mean()),
            float((p.argmax(1) == y).mean()),
        )


def shifted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return 8x8 images moved by up to one pixel each way and with a little noise, flattened."""
    down, right = rng.integers(-1, 2, 2)
    moved = np.roll(images.reshape(-1, 8, 8), (down, right), axis=(1, 2)).reshape(len(images), 64)
    return moved + rng.normal(0, 0.15, moved.shape)


def report_pictures(
    logger: Logger, network: Network, x: np.ndarray, y: np.ndarray, iteration: int
) -> None:
    """Report what the network confuses, the digits that it gets wrong, and how its weights lie."""
    guesses = network.forward(x)[1].argmax(1)
    confusion = np.zeros((10, 10), dtype=int)
    np.add.at(confusion, (y, guesses), 1)
    digits = [str(digit) for digit in range(10)]
    logger.report_confusion_matrix(
        "confusion", "valid", confusion, iteration, xaxis="guessed", yaxis="is", xlabels=digits,
        ylabels=digits, yaxis_reversed=True,
    )  # fmt: skip
    for layer, weights in enumerate(network.weights, 1):
        counts, edges = np.histogram(weights, bins=np.linspace(-1.0, 1.0, 26))
        middles = [f"{m:.2f}" for m in (edges[:-1] + edges[1:]) / 2]
        logger.report_histogram(
            "weights", f"layer {layer}", counts, iteration, xlabels=middles, xaxis="weight", yaxis="count"
        )  # fmt: skip
    for place, wrong in enumerate(np.flatnonzero(guesses != y)[:6], 1):
        picture = np.kron(x[wrong].reshape(8, 8) / 2 + 0.5, np.ones((16, 16)))
        logger.report_image("mistaken digits", f"number {place}", iteration, image=picture)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="train on handwritten digits and report it all")
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--hidden", type=int, default=96)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pace", type=float, default=0.008, help="seconds to rest after a step")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    # The command line is recorded by itself, as parameters Args/lr and so on.
    task = Task.init(project_name="examples", task_name="digits", tags=["numpy", "quickstart"])
    logger = task.get_logger()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

    rng = np.random.default_rng(chosen.seed)
    images, labels = load_digits(return_X_y=True)
    images = images / 8.0 - 1.0
    order = rng.permutation(len(labels))
    train, valid = order[300:], order[:300]
    network = Network([64, chosen.hidden, chosen.hidden // 2, 10], rng)

    iteration, best = 0, 0.0
    for epoch in range(chosen.epochs):
        rate = chosen.lr * 0.5 * (1 + math.cos(math.pi * epoch / chosen.epochs))
        started = time.perf_counter()
        for batch in np.array_split(rng.permutation(train), len(train) // chosen.batch):
            loss, norms = network.step(shifted(images[batch], rng), labels[batch], rate)
            logger.report_scalar("loss", "batch", loss, iteration)
            for layer, norm in enumerate(norms, 1):
                logger.report_scalar("gradient norm", f"layer {layer}", norm, iteration)
            iteration += 1
            time.sleep(chosen.pace)
        speed = len(train) / (time.perf_counter() - started)
        logger.report_scalar("speed", "samples per second", speed, iteration)
        logger.report_scalar("learning rate", "sgd", rate, iteration)
        for name, part in (("train", train), ("valid", valid)):
            loss, accuracy = network.evaluate(images[part], labels[part])
            logger.report_scalar("loss", name, loss, iteration)
            logger.report_scalar("accuracy", name, accuracy, iteration)
        for layer, weights in enumerate(network.weights, 1):
            norm = float(np.linalg.norm(weights))
            logger.report_scalar("weight norm", f"layer {layer}", norm, iteration)
        print(
            f"epoch {epoch + 1:3d}/{chosen.epochs}  valid loss {loss:.4f}  accuracy {accuracy:.3f}"
        )
        if epoch % 10 == 9:
            report_pictures(logger, network, images[valid], labels[valid], iteration)
        if accuracy > best:
            best = accuracy
            logging.info("new best accuracy %.4f in epoch %d", best, epoch + 1)
    logger.report_single_value("best accuracy", best)
    logger.report_single_value("final valid loss", loss)
    task.upload_artifact(
        "weights", {f"layer {n}": w.tolist() for n, w in enumerate(network.weights, 1)}
    )
    task.close()


if __name__ == "__main__":
    main()
