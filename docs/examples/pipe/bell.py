"""The noise prediction of data that are N(0.5, 0.4^2) in each of 3 columns, at sigma of a variance preserving process.
    fokker sample pipe:"python3 bell.py" --nfe 10 -n 3"""
import numpy as np
import fokker_pipe


def noise(sigma, x):
    sigma = sigma[:, None]
    alpha = np.sqrt(1 - sigma**2)
    return sigma * (x - alpha * 0.5) / (alpha**2 * 0.16 + sigma**2)


fokker_pipe.serve(noise, dim=3, predicts="noise", time="sigma", process="vp-linear")
