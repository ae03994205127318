"""Which nodes of a cluster can train a run's trials: versions, numerics and cores, each with its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_trials import ENVIRONMENT, elsewhere

from harness.errors import TooManyThreads, UnfitCluster
from harness.execute.cluster.fitting import cores_of, environments_of, fit_of, slots
from harness.execute.cluster.messages import Node
from harness.records.environment import Environment

GIB = 2**30


def node(name: str, environment: Environment | None = ENVIRONMENT, cores: int = 4, problem: str | None = None) -> Node:
    return Node(name, name, 2 * cores, 8 * GIB, cores, environment, problem)


def test_nodes_like_this_machine_fit_whatever_their_processor() -> None:
    other = node("other", elsewhere(processor="Another Processor"))
    fit = fit_of([node("same"), other], ENVIRONMENT)
    assert [fit.misfit(found) for found in (node("same"), other)] == [None, None]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"harness": "0.0.9"}, "architecture-bench 0.0.9 instead of 0.1.0"),
        ({"python": "3.12"}, "Python 3.12 instead of 3.11"),
        (
            {"tensorflow": "2.20.0", "keras": "3.14"},
            "TensorFlow 2.20.0 instead of 2.21.0, Keras 3.14 instead of 3.15.1",
        ),
        ({"numpy": "2.0.0"}, "NumPy 2.0.0 instead of 2.4.6"),
        (
            {"instruction_set": "avx512_core"},
            "its trials would have other bits: instruction_set avx512_core instead of avx2",
        ),
        ({"system": "Darwin arm64"}, "its trials would have other bits: system Darwin arm64 instead of Linux x86_64"),
    ],
)
def test_a_node_that_does_not_fit_is_left_out_with_what_differs(facts: dict[str, object], reason: str) -> None:
    other = node("other", elsewhere(**facts))
    assert fit_of([node("same"), other], ENVIRONMENT).misfit(other) == reason


def test_a_node_with_other_code_of_the_same_version_is_left_out() -> None:
    same, other = replace(node("same"), code="a"), replace(node("other"), code="b")
    assert fit_of([same, other], ENVIRONMENT, code="a").misfit(other) == (
        "architecture-bench 0.1.0 has other code there: install the same commit"
    )


def test_a_node_that_could_not_be_asked_is_left_out_with_the_reason() -> None:
    silent = node("silent", None, problem="did not answer within 60 s")
    assert fit_of([node("same"), silent], ENVIRONMENT).misfit(silent) == "did not answer within 60 s"


def test_where_no_node_is_like_this_machine_most_cores_decide_on_the_numerics() -> None:
    wide, narrow = elsewhere(instruction_set="avx512_core"), elsewhere(instruction_set="sse41")
    nodes = [node("a", wide, 4), node("b", narrow, 6), node("c", elsewhere(wide, processor="Another"), 4)]
    fit = fit_of(nodes, ENVIRONMENT)
    assert [fit.misfit(found) is None for found in nodes] == [True, False, True]


def test_a_cluster_without_a_fitting_node_is_refused_with_every_reason() -> None:
    nodes = [node("old", elsewhere(harness="0.0.9")), node("empty", None, problem="is not installed there")]
    with pytest.raises(UnfitCluster) as refused:
        fit_of(nodes, ENVIRONMENT)
    assert "old: architecture-bench 0.0.9 instead of 0.1.0" in str(refused.value)
    assert "empty: is not installed there" in str(refused.value)
    with pytest.raises(UnfitCluster, match="no node with a core"):
        fit_of([], ENVIRONMENT)


def test_more_threads_than_any_node_has_cores_are_refused() -> None:
    here = elsewhere(threads=8)
    with pytest.raises(TooManyThreads, match="--threads 8: no node of the Ray cluster has more than 4 cores"):
        fit_of([node("small", here, 2), node("large", here, 4)], here)


def test_two_threads_of_one_core_count_once() -> None:
    assert cores_of(node("two threads each", cores=4)) == 4
    assert cores_of(Node("fewer", "fewer", 1, GIB, 4, ENVIRONMENT)) == 1


def test_a_node_trains_as_many_trials_as_its_cores_and_its_memory_allow() -> None:
    assert slots(node("n"), threads=1, trial_bytes=0) == 4
    assert slots(node("n"), threads=2, trial_bytes=0) == 2
    assert slots(node("n"), threads=1, trial_bytes=3 * GIB) == 2
    assert slots(node("n"), threads=1, trial_bytes=30 * GIB) == 1


def test_this_machines_environment_comes_first_then_those_with_most_cores() -> None:
    large, small = elsewhere(processor="Large"), elsewhere(processor="Small")
    nodes = [node("a", small, 1), node("b", large, 8), node("c", ENVIRONMENT, 1)]
    assert environments_of(nodes, ENVIRONMENT) == (ENVIRONMENT, large, small)
