#!/usr/bin/python3
"""A training step of one network by PyTorch on the CPU and by fokker, in turns, best of rounds: AdamW, clipping and an average of the weights on both sides.
A development check (python3-torch), not part of `make test`:   python3 tests/peers/train_torch.py build/fokker
PyTorch's BLAS should be one for this processor: leave OPENBLAS_CORETYPE unset for this command."""
import math
import os
import subprocess
import sys
import tempfile
import time
import torch

DIM, WIDTH, BATCH, FEATURES, ROUNDS, STEPS = 64, 512, 1024, 32, 5, 40


class Net(torch.nn.Module):
    """64-512-512-512-64 beside an embedding of time of 32-512-512: fokker's kind = mlp."""

    def __init__(self):
        super().__init__()
        self.angle = torch.exp(-math.log(1000) * torch.arange(FEATURES // 2) / (FEATURES // 2 - 1))
        self.embed = torch.nn.Sequential(torch.nn.Linear(FEATURES, WIDTH), torch.nn.SiLU(), torch.nn.Linear(WIDTH, WIDTH))
        widths = [DIM + WIDTH, WIDTH, WIDTH, WIDTH]
        layers = [part for a, b in zip(widths, widths[1:]) for part in (torch.nn.Linear(a, b), torch.nn.SiLU())]
        self.body = torch.nn.Sequential(*layers, torch.nn.Linear(WIDTH, DIM))

    def forward(self, x, told):
        a = told[:, None] * self.angle
        return self.body(torch.cat([x, self.embed(torch.cat([torch.sin(a), torch.cos(a)], 1))], 1))


def torch_seconds(threads, net, optimiser, mean, steps):
    torch.set_num_threads(threads)
    began = time.perf_counter()
    for _ in range(steps):
        x0 = torch.where(torch.rand(BATCH, 1) < 0.5, 1.0, -1.0) + 0.3 * torch.randn(BATCH, DIM)
        t, eps = torch.rand(BATCH) * 0.999 + 0.001, torch.randn(BATCH, DIM)
        log_alpha = -(0.1 * t + 19.9 * t * t / 2) / 2
        alpha, sigma = torch.exp(log_alpha)[:, None], torch.sqrt(-torch.expm1(2 * log_alpha))[:, None]
        loss = ((net(alpha * x0 + sigma * eps, torch.log(alpha / sigma)[:, 0]) - eps) ** 2).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_mul_(mean, 0.999)
            torch._foreach_add_(mean, list(net.parameters()), alpha=0.001)
    return (time.perf_counter() - began) / steps


SPEC = """[process]
kind = vp-linear
[data]
kind = mixture
weights = 1 1
mean.1 = %s
mean.2 = %s
std = 0.3
[net]
kind = mlp
width = %d
depth = 3
features = %d
predicts = noise
time = lambda
[train]
steps = %d
batch = %d
"""


def fokker_seconds(fokker, folder, threads, steps):
    """A run of 3 x steps less one of steps: what it takes to begin and to write is in both."""
    took = []
    for n in (steps, 3 * steps):
        spec, out = os.path.join(folder, "a.ini"), os.path.join(folder, "a.safetensors")
        open(spec, "w").write(SPEC % (" ".join(["1"] * DIM), " ".join(["-1"] * DIM), WIDTH, FEATURES, n, BATCH))
        if os.path.exists(out):
            os.remove(out)
        began = time.perf_counter()
        subprocess.run([fokker, "train", spec, "-o", out, "-q", "-t", str(threads)], check=True)
        took.append(time.perf_counter() - began)
    return (took[1] - took[0]) / (2 * steps)


def main():
    net = Net()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0)
    mean = [p.detach().clone() for p in net.parameters()]
    print("torch", torch.__version__, "blas:", [line for line in torch.__config__.show().split("\n") if "BLAS" in line or "MKL" in line][:2])
    for threads in (1, 2):
        best = {"torch": math.inf, "fokker": math.inf}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(ROUNDS):
                best["torch"] = min(best["torch"], torch_seconds(threads, net, optimiser, mean, STEPS))
                best["fokker"] = min(best["fokker"], fokker_seconds(sys.argv[1], folder, threads, STEPS))
        print("%d thread%s: a step of %d points, torch %.1f ms, fokker %.1f ms: %.2f times as fast" %
              (threads, "s" if threads > 1 else "", BATCH, 1e3 * best["torch"], 1e3 * best["fokker"], best["torch"] / best["fokker"]))


main()
