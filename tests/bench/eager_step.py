#!/usr/bin/env python3
"""The training step of training_case.cc in eager PyTorch: SSM-VR on a
perceptron, Adam and averaged weights, as one would write it. Prints seconds a
step."""

import argparse
import time

import torch


def main():
    parser = argparse.ArgumentParser()
    for name in ("dim", "width", "batch", "steps", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)

    dim, width = arguments.dim, arguments.width
    network = torch.nn.Sequential(
        torch.nn.Linear(dim, width), torch.nn.SiLU(),
        torch.nn.Linear(width, width), torch.nn.SiLU(),
        torch.nn.Linear(width, dim))
    weights = list(network.parameters())
    averaged = [weight.detach().clone() for weight in weights]
    adam = torch.optim.Adam(weights, 1e-3, betas=(0.9, 0.99), fused=True)
    rows = torch.randn(4096, dim)

    def step():
        x = rows[torch.randint(len(rows), (arguments.batch,))]
        x.requires_grad_(True)
        v = torch.randn_like(x).sign()
        score = network(x)
        along = torch.autograd.grad(score, x, v, create_graph=True)[0]
        loss = ((along * v).sum(1) + 0.5 * score.square().sum(1)).mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        torch._foreach_lerp_(averaged, [w.detach() for w in weights], 0.001)
        return loss.item()

    for _ in range(arguments.steps // 4):
        step()
    start = time.perf_counter()
    for _ in range(arguments.steps):
        step()
    print((time.perf_counter() - start) / arguments.steps)


main()
