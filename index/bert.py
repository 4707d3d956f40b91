"""The BERT of all-MiniLM-L6-v2 as an ONNX graph, written from its weights.

torch's exporter would need its graph fused afterwards, and brings a batch dimension and a mask that are of no use here:
one text at a time in each thread beats every batch size. Only what prepares a cache imports this module.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

LAYERS = 6
HEADS = 12
DIMENSION = 384
EPSILON = 1e-12
"""These stand in config.json beside the weights."""

MICROSOFT = "com.microsoft"
"""The domain of onnxruntime's own operators."""

PORTABLE = 63
"""Largest 8-bit weight of a model that is made on one machine and run on others. Without VNNI, x86 adds pairs of
products in 16 bits: 2 * 255 * 63 fits there, 2 * 255 * 127 does not."""

OPSETS = {"": 20, MICROSOFT: 1}
IR_VERSION = 10
"""The least that has opset 20."""

Weights: TypeAlias = Mapping[str, NDArray[np.float32]]


def graph(weights: Weights, *, int8: bool) -> bytes:
    """A model from `ids`, shape (1, tokens), to the mean of its last layer, shape (1, 384).

    The layers are those of Devlin et al. 2019, https://arxiv.org/abs/1810.04805, under the weights' own names.

    Args:
        weights: Tensors by name, as model.safetensors holds them.
        int8: Multiply in 8 bits, with a scale for each token and for each column of a weight.
    """
    net = _Graph(weights, int8=int8)
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    words = net.add("Gather", net.constant(weights["embeddings.word_embeddings.weight"]), "ids")
    state = _encoder(net, net.add("Add", words, _places(net, positions)), LAYERS)
    return net.model(["ids"], net.add("ReduceMean", state, net.constant(np.array([1])), keepdims=0), (DIMENSION,))


def pair_graph(weights: Weights, outputs: int) -> bytes:
    """A model from `ids` and `types` of a pair of texts, each of shape (1, tokens), to shape (1, tokens, outputs).

    BERT, and a linear layer on each token; the weights' names begin with `bert.` but for that layer's, `heads`. It is
    made to be shipped: weights are in 8 bits, the word vectors too, each with its scale, as they are most of the size.
    """
    bert = {name.removeprefix("bert."): weight for name, weight in weights.items()}
    net = _Graph(bert, int8=True, largest=PORTABLE)
    table = bert["embeddings.word_embeddings.weight"]
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(127)
    rounded = np.round(table / np.maximum(scales, np.float32(1e-9))).astype(np.int8)
    whole = net.add("Cast", net.add("Gather", net.constant(rounded), "ids"), to=TensorProto.FLOAT)
    words = net.add("Mul", whole, net.add("Gather", net.constant(scales), "ids"))
    sides = net.add("Gather", net.constant(bert["embeddings.token_type_embeddings.weight"]), "types")
    places = _places(net, bert["embeddings.position_embeddings.weight"])
    state = _encoder(net, net.add("Add", net.add("Add", words, sides), places), LAYERS)
    return net.model(["ids", "types"], net.linear(state, "heads"), ("tokens", outputs))


def _places(net: "_Graph", positions: NDArray[np.float32]) -> str:
    """The vectors of as many positions as there are tokens."""
    zero = net.constant(np.array([0]))
    return net.add("Slice", net.constant(positions), zero, net.add("Shape", "ids", start=1), zero)


def _encoder(net: "_Graph", embedded: str, layers: int) -> str:
    state = net.norm(embedded, "embeddings")
    for layer in range(layers):
        state = _layer(net, f"encoder.layer.{layer}", state)
    return state


def _layer(net: "_Graph", name: str, state: str) -> str:
    query, key, value = (net.linear(state, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
    heads = net.add("MultiHeadAttention", query, key, value, domain=MICROSOFT, num_heads=HEADS)
    attention = net.linear(heads, f"{name}.attention.output.dense")
    state = net.norm(net.add("Add", attention, state), f"{name}.attention.output")
    inner = net.add("Gelu", net.linear(state, f"{name}.intermediate.dense"))
    return net.norm(net.add("Add", net.linear(inner, f"{name}.output.dense"), state), f"{name}.output")


class _Graph:
    """A graph under construction; values go by their names."""

    def __init__(self, weights: Weights, *, int8: bool, largest: int = 127) -> None:
        self._weights = weights
        self._largest = np.float32(largest)
        self._multiply = self._int8 if int8 else self._fp32
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        # Made once, so that onnxruntime sees that query, key and value share one rounding of their input.
        self._last_axis = self.constant(np.array([-1]))
        self._middle = self.constant(np.uint8(128))

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        tensor = numpy_helper.from_array(np.asarray(value), f"constant{len(self._constants)}")
        self._constants.append(tensor)
        return tensor.name

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401 - of many types
        output = f"value{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def norm(self, value: str, name: str) -> str:
        """Layer normalisation with the weights of that name."""
        scale, shift = (self.constant(self._weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", value, scale, shift, epsilon=EPSILON)

    def linear(self, value: str, name: str) -> str:
        """The dense layer of that name; torch stores its weight as (outputs, inputs)."""
        product = self._multiply(value, np.ascontiguousarray(self._weights[f"{name}.weight"].T))
        return self.add("Add", product, self.constant(self._weights[f"{name}.bias"]))

    def _fp32(self, value: str, weight: NDArray[np.float32]) -> str:
        return self.add("MatMul", value, self.constant(weight))

    def _int8(self, value: str, weight: NDArray[np.float32]) -> str:
        columns = np.abs(weight).max(axis=0) / self._largest
        rounded = np.round(weight / columns).astype(np.int8)
        # Tokens differ in their largest value, so each has a scale; onnxruntime takes none, so rows are scaled after.
        # 128 stands for zero, because the fast kernels multiply unsigned by signed.
        largest = self.add("ReduceMax", self.add("Abs", value), self._last_axis)
        rows = self.add("Mul", largest, self.constant(np.float32(1 / 127)))
        flat = self.add("Reshape", rows, self._last_axis)
        zeros = self.add("Expand", self._middle, self.add("Shape", flat))
        tokens = self.add("QuantizeLinear", value, flat, zeros, axis=1)
        matrix, one, scales = map(self.constant, (rounded, np.float32(1), columns))
        product = self.add("MatMulIntegerToFloat", tokens, matrix, one, scales, self._middle, domain=MICROSOFT)
        return self.add("Mul", product, rows)

    def model(self, inputs: Sequence[str], output: str, shape: Sequence[str | int]) -> bytes:
        """The finished model, serialised, with this value of shape (1, *shape) as its output."""
        given = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in inputs]
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, *shape])
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
        finished = helper.make_graph(self._nodes, "MiniLM", given, [result], self._constants)
        serialised: bytes = helper.make_model(finished, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString()
        return serialised
