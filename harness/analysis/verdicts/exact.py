"""Judges claims that chance has no part in, by equality: parameters and shapes."""

from __future__ import annotations

from dataclasses import replace

from harness.analysis.verdicts.verdict import Case, Published, Verdict
from harness.spec.claims import LayerParameters, OutputShape, Parameters
from harness.spec.cost import LayerCost


def judge_parameters(case: Case, claim: Parameters) -> Verdict:
    """Compare the count of the whole network, as Keras built it if it was trained, or of its first layers."""
    if claim.layers is not None:
        if claim.layers > len(top_layers(case)):
            return _no_such_layer(case, claim.value, claim.layers)
        measured = sum(layer.parameters for layer in top_layers(case)[: claim.layers])
        return _equal(case, claim.value, measured, f"first {claim.layers} layers")
    if not case.entry.runs:
        return _equal(case, claim.value, case.entry.cost.parameters, "")
    built = {run.parameters for run in case.entry.runs}
    return _equal(case, claim.value, min(built - {claim.value}, default=claim.value), "", trained=True)


def judge_layer_parameters(case: Case, claim: LayerParameters) -> Verdict:
    """Compare one layer's count with what follows from the spec."""
    layers = top_layers(case)
    if claim.layer > len(layers):
        return _no_such_layer(case, claim.value, claim.layer)
    return _equal(case, claim.value, layers[claim.layer - 1].parameters, f"layer {claim.layer}")


def judge_output_shape(case: Case, claim: OutputShape) -> Verdict:
    """Compare one layer's output shape with what follows from the spec."""
    layers = top_layers(case)
    if claim.layer > len(layers):
        return _no_such_layer(case, claim.value, claim.layer)
    return _equal(case, claim.value, tuple(layers[claim.layer - 1].output_shape), f"layer {claim.layer}")


def top_layers(case: Case) -> tuple[LayerCost, ...]:
    """Return the layers as a printed summary counts them: a composite is one."""
    return tuple(layer for layer in case.entry.cost.layers if layer.depth == 0)


def _equal(case: Case, published: Published, measured: Published, subject: str, *, trained: bool = False) -> Verdict:
    origin = "counted in the trained network" if trained else "follows from the spec"
    equal = published == measured
    reason = f"equal; {origin}" if equal else f"not equal: {measured} {origin}"
    verdict = case.verdict(published, "reproduced" if equal else "refuted", reason, subject)
    return replace(verdict, measured=measured)


def _no_such_layer(case: Case, published: Published, layer: int) -> Verdict:
    layers = len(top_layers(case))
    return case.verdict(published, "refuted", f"the network has {layers} layers only", f"layer {layer}")
