"""A PyTorch network to files that fokker reads.  net(x, t) answers x's shape; x is rows x columns or rows x channels x height x width.

    python3 export.py            an untrained example: net.onnx, net.safetensors and their model files
"""
import json
import struct
import torch


def to_onnx(net, x, t, path, *more):
    """Any network.  x, t (and labels): tensors of a few rows, as the network is called; the first axis becomes free."""
    names = ["x", "t", "y"][:2 + len(more)]
    torch.onnx.export(net.eval(), (x, t, *more), path, input_names=names, output_names=["out"], opset_version=13,
                      dynamic_axes={name: {0: "rows"} for name in names + ["out"]})


def to_safetensors(net, path, **notes):
    """The weights, as safetensors.torch.save_file(net.state_dict(), path, metadata=notes) writes them, without that package."""
    header, data = {"__metadata__": {key: str(value) for key, value in notes.items()}}, b""
    for name, tensor in net.state_dict().items():
        raw = tensor.detach().cpu().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


class Net(torch.nn.Module):
    """Told the index of 1000 steps: [x, silu(time)] through a residual block."""

    def __init__(self, dim=2, width=128, embed=64):
        super().__init__()
        linear, silu = torch.nn.Linear, torch.nn.SiLU
        self.frequencies = torch.exp(-torch.log(torch.tensor(1e4)) * torch.arange(embed // 2) / (embed // 2))
        self.embed = torch.nn.Sequential(torch.nn.Identity(), linear(embed, embed), silu())
        self.first, self.last = linear(dim + embed, width), linear(width, dim)
        self.block = torch.nn.Sequential(torch.nn.LayerNorm(width), linear(width, width), silu(), linear(width, width))

    def forward(self, x, t):
        angle = t[:, None] * self.frequencies
        c = self.embed(torch.cat([torch.sin(angle), torch.cos(angle)], 1))
        h = self.first(torch.cat([x, c], 1))
        return self.last(h + self.block(h))


SCORE = "[process]\nkind = vp-discrete\n[score]\npredicts = noise\ntime = index\n"

if __name__ == "__main__":
    torch.manual_seed(0)
    net = Net()                                     # train it, or net.load_state_dict(...)
    to_onnx(net, torch.randn(2, 2), torch.tensor([3.0, 4.0]), "net.onnx")
    to_safetensors(net, "net.safetensors", dim=2, predicts="noise", time="index", embed="sinusoidal:dim=64 linear silu",
                   layers="concat linear:first ( norm:block.0 linear:block.1 silu linear:block.3 ) linear:last")
    open("onnx.ini", "w").write(SCORE + "kind = onnx\nfile = net.onnx\n")
    open("mlp.ini", "w").write("[process]\nkind = vp-discrete\n[score]\nkind = mlp\nfile = net.safetensors\n")
