"""Our safetensors reader and writer against the reference implementation.

Usage: safetensors_interop.py PATH_OF_SAFETENSORS_TOOL
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import safetensors
import safetensors.numpy

TOOL = None


def entry(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def file_of(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


F = b"\0\0\0\0"
ONE = {"a": entry([1], 0, 4)}

# Files that both refuse.
BROKEN = {
    "empty": b"",
    "seven bytes": b"\0" * 7,
    "truncated header": file_of(ONE, F)[:20],
    "truncated data": file_of(ONE, F)[:-1],
    "huge header length": file_of(ONE, F, length=2**63),
    "header length past the end": file_of(ONE, F, length=1000),
    "no object": file_of(b"[]"),
    "not JSON": file_of(b"{'a': 1}"),
    "not UTF-8": file_of(b'{"\xff": 1}'),
    "trailing bytes": file_of(ONE, F + b"x"),
    "hole": file_of({"a": entry([1], 0, 4), "b": entry([1], 8, 12)}, F * 3),
    "hole at the start": file_of({"a": entry([1], 4, 8)}, F * 2),
    "overlap": file_of({"a": entry([2], 0, 8), "b": entry([1], 4, 8)}, F * 2),
    "end before begin": file_of({"a": entry([1], 4, 0)}, F),
    "negative size": file_of({"a": entry([-1], 0, 4)}, F),
    "shape overflows": file_of({"a": entry([2**32, 2**32], 0, 0)}),
    "bytes overflow": file_of({"a": entry([2**62], 0, 0)}),
    "shape and offsets differ": file_of({"a": entry([2], 0, 4)}, F),
    "unknown dtype": file_of({"a": entry([1], 0, 4, "F33")}, F),
    "field missing": file_of({"a": {"dtype": "F32", "shape": [1]}}, F),
    "three offsets": file_of(
        {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 4]}}, F),
    "field twice": file_of(
        b'{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        F),
    "metadata is no text": file_of({"__metadata__": {"k": 1}}),
    "deep": file_of(b'{"a":' + b"[" * 100_000),
}

# Files that the reference takes and we refuse, being stricter.
REFUSED_BY_US_ALONE = {
    "tensor twice": (file_of(
        b'{"a":%s,"a":%s}' % ((json.dumps(entry([1], 0, 4)).encode(),) * 2),
        F), "CORRUPT_MODEL"),
    "NaN": (file_of(ONE, struct.pack("<f", float("nan"))), "CORRUPT_MODEL"),
    "float16": (file_of({"a": entry([2], 0, 4, "F16")}, F),
                "UNSUPPORTED_FORMAT"),
}


class SafetensorsInteropTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.theirs = pathlib.Path(folder.name) / "theirs.safetensors"
        self.ours = pathlib.Path(folder.name) / "ours.safetensors"

    def copy(self):
        """Has our tool read `theirs` and write `ours`."""
        return subprocess.run([TOOL, self.theirs, self.ours], timeout=10,
                              capture_output=True, text=True, check=False)

    def round_trip(self, arrays, metadata=None):
        safetensors.numpy.save_file(arrays, self.theirs, metadata=metadata)
        done = self.copy()
        self.assertEqual(done.returncode, 0, done.stderr)
        return safetensors.numpy.load_file(self.ours)

    def assert_same(self, arrays, metadata=None):
        read = self.round_trip(arrays, metadata)
        self.assertEqual(read.keys(), arrays.keys())
        for name, array in arrays.items():
            self.assertEqual(read[name].dtype, np.float32)
            self.assertEqual(read[name].shape, array.shape)
            # As bits, so that -0 and 0 differ.
            self.assertEqual(read[name].tobytes(), array.tobytes())

    def test_random_arrays_come_back_bit_for_bit(self):
        draw = np.random.default_rng(1)
        for _ in range(20):
            self.assert_same({
                f"layer.{i}": draw.standard_normal(
                    draw.integers(0, 6, size=draw.integers(0, 5)),
                ).astype(np.float32)
                for i in range(draw.integers(1, 8))
            })

    def test_extreme_values_and_shapes_come_back(self):
        info = np.finfo(np.float32)
        self.assert_same({
            "values": np.array([info.max, info.min, info.tiny, -0.0, 0.0,
                                info.smallest_subnormal], np.float32),
            "scalar": np.array(3.5, np.float32),
            "none": np.zeros((0, 3), np.float32),
            "ones": np.zeros((1,) * 8, np.float32),
        })

    def test_names_and_metadata_of_any_text_are_taken(self):
        one = np.ones(1, np.float32)
        self.assert_same({"": one, 'quote"\\\n': one, "σ/名前": one, " ": one},
                         metadata={"format": "pt", "σ": '"'})

    def test_no_tensors_come_back(self):
        self.assertEqual(self.round_trip({}), {})

    def test_both_refuse_broken_files(self):
        for name, data in BROKEN.items():
            with self.subTest(name):
                with self.assertRaises(safetensors.SafetensorError):
                    safetensors.deserialize(data)
                self.theirs.write_bytes(data)
                done = self.copy()
                self.assertEqual(done.returncode, 1, done)
                self.assertTrue(
                    done.stderr.startswith(
                        ("CORRUPT_MODEL: ", "UNSUPPORTED_FORMAT: ")), done)

    def test_we_refuse_more(self):
        for name, (data, reason) in REFUSED_BY_US_ALONE.items():
            with self.subTest(name):
                safetensors.deserialize(data)
                self.theirs.write_bytes(data)
                done = self.copy()
                self.assertEqual(done.returncode, 1, done)
                self.assertTrue(done.stderr.startswith(reason + ": "), done)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
