#!/usr/bin/env python3
"""fokker logp beside SciPy's RK45 over the whole batch: the same Gaussian mixture in 64 columns, the same points and the same probes.

Both integrate state and Hutchinson's estimate; errors are against fokker's own run at 1e-10 with these probes, so what is compared is the integration.
CPU seconds are of one thread; seconds, by the clock, of all cores that each program uses, and fokker's include the start of its process.
A development check (python3-scipy), not part of `make test`:   python3 tests/peers/logp_scipy.py build/fokker models/shipped/gmm10-64.ini
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")          # before NumPy, which is no slower so
import numpy as np
from scipy.integrate import solve_ivp

fokker, model = sys.argv[1], sys.argv[2]
text = open(model).read()
numbers = lambda key: [np.array(v.split(), float) for v in re.findall(r"^%s = (.*)$" % key, text, re.M)]
w = numbers("weights")[0]
w /= w.sum()
mean, var = np.array(numbers(r"mean\.\d+")), np.array(numbers(r"var\.\d+"))
n, dim, probes = 1000, mean.shape[1], 4
rng = np.random.default_rng(1)
t0, t1, b0, b1 = 1e-3, 1.0, 0.1, 20.0


def level(t):
    log_alpha = -0.25 * t * t * (b1 - b0) - 0.5 * t * b0
    return np.exp(log_alpha), np.sqrt(-np.expm1(2 * log_alpha)), b0 + t * (b1 - b0)


def score(x, t, v=None):
    """grad log p_t at x (rows x dim), and its Jacobian times v (rows x probes x dim)."""
    alpha, sigma, _ = level(t)
    V = alpha**2 * var + sigma**2
    d = x[:, None, :] - alpha * mean
    g = -d / V
    log_r = np.log(w) - 0.5 * np.sum(d * d / V + np.log(V), axis=2)
    r = np.exp(log_r - log_r.max(1, keepdims=True))
    r /= r.sum(1, keepdims=True)
    s = np.einsum("nk,nkd->nd", r, g)
    gv = np.einsum("nkd,npd->npk", g, v)
    jv = -np.einsum("nk,kd,npd->npd", r, 1 / V, v) + np.einsum("nk,npk,nkd->npd", r, gv, g) - np.einsum("npd,nd->np", v, s)[..., None] * s[:, None, :]
    return s, jv


x0 = mean[rng.choice(len(w), n, p=w)] + rng.standard_normal((n, dim)) * np.sqrt(var[rng.choice(len(w), n, p=w)])
alpha, sigma, _ = level(t0)
x0 = alpha * x0 + sigma * rng.standard_normal((n, dim))
z = rng.choice([-1.0, 1.0], (n, probes, dim))
calls = 0


def flow(t, y):
    global calls
    calls += 1
    x = y[: n * dim].reshape(n, dim)
    s, jv = score(x, t, z)
    beta = level(t)[2]
    div = -0.5 * beta * (dim + np.einsum("npd,npd->n", z, jv) / probes)
    return np.concatenate([(-0.5 * beta * (x + s)).ravel(), div])


def by_scipy(tolerance):
    global calls
    calls = 0
    began, clock = time.process_time(), time.perf_counter()
    y = solve_ivp(flow, (t0, t1), np.concatenate([x0.ravel(), np.zeros(n)]), method="RK45", rtol=tolerance, atol=tolerance).y[:, -1]
    seconds, clock = time.process_time() - began, time.perf_counter() - clock
    end = y[: n * dim].reshape(n, dim)
    return -0.5 * (end**2).sum(1) - 0.5 * dim * np.log(2 * np.pi) + y[n * dim :], calls, seconds, clock


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_fokker(folder, tolerance, threads):
    out = folder + "/out.tsv"
    began, clock = children(), time.perf_counter()
    subprocess.run([fokker, "logp", model, "--data", folder + "/x.npy", "--probe", folder + "/z.npy", "--trace", "hutchinson", "--probes", str(probes), "--rtol",
                    str(tolerance), "--no-check", "--threads", threads, "-q", "-o", out], check=True)
    seconds, clock = children() - began, time.perf_counter() - clock
    table = np.genfromtxt(out, delimiter="\t", names=True)
    return table["logp"], table["calls"], seconds, clock


with tempfile.TemporaryDirectory() as folder:
    np.save(folder + "/x.npy", x0)
    np.save(folder + "/z.npy", z)
    cores = str(os.cpu_count())
    truth = by_fokker(folder, 1e-10, cores)[0]
    error = lambda logp: np.sqrt(np.mean((logp - truth) ** 2))
    print(f"{n} points, {dim} columns, {probes} Rademacher probes; error against 1e-10 with the same probes")
    print(f"program        rtol     error   calls (mean, most)   CPU seconds   seconds, {cores} cores")
    for tolerance in (1e-3, 1e-5, 1e-7):
        runs = [by_scipy(tolerance) for _ in range(3)]
        logp, asked = runs[0][:2]
        print(f"scipy RK45    {tolerance:.0e}  {error(logp):.1e}   {asked:6d}             {min(r[2] for r in runs):9.2f}   {min(r[3] for r in runs):9.2f}")
    for tolerance in (1e-3, 5e-5, 1e-5, 5e-7, 1e-7):
        one, all_cores = ([by_fokker(folder, tolerance, threads) for _ in range(5)] for threads in ("1", cores))
        logp, asked = one[0][:2]
        print(f"fokker dopri5 {tolerance:.0e}  {error(logp):.1e}   {asked.mean():6.0f} {asked.max():6.0f}      {min(r[2] for r in one):9.3f}   {min(r[3] for r in all_cores):9.3f}")
