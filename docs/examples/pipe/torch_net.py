"""A PyTorch network as a field.  The network is TorchScript, `torch.jit.script(net).save("net.pt")`, called as net(x, t).
    fokker bench pipe:"python3 torch_net.py net.pt 64" --solver "ddim dpmpp-2m" --nfe "5 10 20" -o out"""
import sys
import numpy as np
import torch
import fokker_pipe

path, dim = sys.argv[1], int(sys.argv[2])
device = "cuda" if torch.cuda.is_available() else "cpu"
net = torch.jit.load(path, map_location=device).eval()


@torch.inference_mode()
def noise(t, x):
    # t in [0, 1]; a network of 1000 discrete steps wants 1000 * t, or the process vp-discrete, whose t is the index
    out = net(torch.tensor(np.array(x), device=device), torch.tensor(np.array(t), device=device))
    return out.reshape(len(x), dim).cpu().numpy()


fokker_pipe.serve(noise, dim=dim, predicts="noise", type="float32", batch=4096)
