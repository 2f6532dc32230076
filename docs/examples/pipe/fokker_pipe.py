"""A score field in Python for `fokker ... pipe:"python3 net.py"`.  Needs NumPy alone; copy this file and do with it what you like.

    fokker_pipe.serve(f, dim=64, predicts="noise", type="float32")

answers with out = f(t, x): t has n times, x is n x dim, and so is out.  labels="yes" makes it f(t, x, label), with -1 for no label.
What `serve` takes besides is sent as it is: process="vp-linear:beta_max=20", time="sigma", batch=512."""
import sys
import numpy as np


def serve(f, type="float64", labels="no", **hello):
    ask, answer = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr                         # what the network prints must not reach the protocol
    kind, dim = np.dtype(type).newbyteorder("<"), hello["dim"]
    process = hello.pop("process", None)            # has commas and equals signs: the last word
    words = dict(hello, type=type, labels=labels, **({"process": process} if process else {}))
    answer.write(("fokker 1 " + " ".join(f"{k}={v}" for k, v in words.items()) + "\n").encode())
    answer.flush()
    while head := ask.read(8):                      # "fokr", uint32 n; its end is ours
        n = int.from_bytes(head[4:], "little")
        array = lambda size, kind: np.frombuffer(ask.read(size * kind.itemsize), kind)
        t, x = array(n, kind), array(n * dim, kind).reshape(n, dim)
        given = (array(n, np.dtype("<i4")),) if labels == "yes" else ()
        out = np.ascontiguousarray(f(t, x, *given), kind)
        if out.shape != (n, dim):
            raise ValueError(f"the network answered {out.shape} for {(n, dim)}")
        answer.write(head)
        answer.write(out.data)
        answer.flush()
