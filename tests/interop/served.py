"""A running server, as Python sees it: scores and samples as arrays.

Message classes come from the descriptor set that the build writes, so there are
no generated files.
"""

import re
import signal
import subprocess

import grpc
import numpy as np
from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory


class Messages:
    """The message classes of a descriptor set: `messages.ScoreRequest`."""

    def __init__(self, descriptor_set):
        self._pool = descriptor_pool.DescriptorPool()
        files = descriptor_pb2.FileDescriptorSet()
        with open(descriptor_set, "rb") as file:
            files.ParseFromString(file.read())
        for file in files.file:
            self._pool.Add(file)

    def __getattr__(self, name):
        return message_factory.GetMessageClass(
            self._pool.FindMessageTypeByName(f"scoreserve.v1.{name}"))

    def method(self, channel, service, name):
        """The callable of one method, unary or with a stream of replies."""
        method = self._pool.FindServiceByName(
            f"scoreserve.v1.{service}").FindMethodByName(name)
        connect = (channel.unary_stream
                   if method.server_streaming else channel.unary_unary)
        return connect(
            f"/scoreserve.v1.{service}/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(
                method.output_type).FromString)


class Server:
    """`program` serving the models of the folder `repository` until close()."""

    def __init__(self, program, repository, descriptor_set):
        self._process = subprocess.Popen(
            [program, "--repository", repository, "--port", "0"],
            stdout=subprocess.PIPE, text=True)
        try:
            address = self._address()
            self._messages = Messages(descriptor_set)
            self._channel = grpc.insecure_channel(address)
        except BaseException:
            self._process.kill()
            self._process.communicate()
            raise

    def close(self):
        """Stops it as an operator would; raises where it does not end well."""
        self._channel.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=60)
        if self._process.returncode != 0:
            raise RuntimeError(f"the server: exit {self._process.returncode}")

    def model(self, name):
        return Model(self._messages, self._channel, name)

    def _address(self):
        for line in self._process.stdout:
            found = re.fullmatch(r"scoreserve listening on (\S+)\n", line)
            if found:
                return found[1]
        raise RuntimeError("the server ended before it listened")


class Model:
    """One served model. All arrays are in model space, [rows, dim]."""

    def __init__(self, messages, channel, name):
        self._messages = messages
        self._name = name
        self._score = messages.method(channel, "Scoring", "Score")
        self._sample = messages.method(channel, "Sampling", "Sample")
        get = messages.method(channel, "Models", "GetModel")
        self.config = get(
            messages.GetModelRequest(model={"name": name}), timeout=60).model
        self.dim = int(np.prod(self.config.data.shape))

    def score(self, x, **label):
        """The scores at `x`; `label` is time=t or noise_level=sigma."""
        request = self._messages.ScoreRequest(
            model={"name": self._name}, x=self._tensor(x),
            **{kind: {"values": [value]} for kind, value in label.items()})
        reply = self._score(request, timeout=60)
        # Scores on the wire are of the density of the data.
        return _array(reply.score) * self.config.data.scale

    def sample(self, sampler, rows, seed, start=None, **options):
        """The rows where `sampler` ends, from `start` or from its own."""
        request = self._messages.SampleRequest(
            model={"name": self._name}, sampler=sampler, rows=rows, seed=seed,
            options={name: _option(value) for name, value in options.items()})
        if start is not None:
            request.start.CopyFrom(self._tensor(start))
        x = np.full((rows, self.dim), np.nan)
        for reply in self._sample(request, timeout=300):
            if reply.WhichOneof("frame") == "final":
                part = _array(reply.final.x)
                first = reply.final.first_row
                x[first:first + len(part)] = part
        return (x - self.config.data.offset) / self.config.data.scale

    def _tensor(self, x):
        x = np.asarray(x) * self.config.data.scale + self.config.data.offset
        return self._messages.Tensor(shape=x.shape, dtype="DTYPE_FLOAT32",
                                     data=x.astype("<f4").tobytes())


def _array(tensor):
    return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).astype(float)


def _option(value):
    for kind, name in ((bool, "flag"), (int, "integer"), (float, "number"),
                       (str, "text")):
        if isinstance(value, kind):
            return {name: value}
    raise TypeError(f"no option can be {value!r}")
