"""The server's own noise, by noise_tool."""

import subprocess

import numpy as np

# Purposes of models/samplers/noise.h.
STEP, START = 0, 1


def normals(tool, purpose, seed, steps, rows, dim):
    """What `seed` gives to the rows of the first steps: [steps, rows, dim]."""
    arguments = [purpose, seed, 0, steps, rows, dim]
    done = subprocess.run([tool, *map(str, arguments)], timeout=60,
                          capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<f4").reshape(steps, rows, dim)
