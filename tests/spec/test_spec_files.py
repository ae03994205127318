"""Every spec file of the repository: conformance, so that a new file is tested the moment it is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_architectures import check_by_schema

from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.architecture import Architecture
from harness.spec.claims.metrics import NumberClaim
from harness.spec.claims.statement import Statement
from harness.spec.claims.structure import LayerParameters, OutputShape, Parameters
from harness.spec.cost import cost
from harness.spec.folder import files_apart
from harness.spec.reading import read_architecture

FOLDER = Path(__file__).parents[2] / "architectures"
FILES = sorted(FOLDER.glob("*.yaml"))
DOCUMENTS = ("000_convnet", "001_convnet_8_epochs", "002_two_conv_dropout", "003_wide_conv_dropout", "004_convnet")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return read_architecture(request.param)


def named(name: str) -> Architecture:
    return read_architecture(FOLDER / f"{name}.yaml")


def test_a_comparison_is_with_another_file(architecture: Architecture) -> None:
    others = {file.stem for file in (*FILES, *files_apart(FOLDER))} - {architecture.name}
    assert {name for claim in architecture.claims for name in claim.others.values()} <= others


def test_a_file_passes_its_schema(architecture: Architecture) -> None:
    check_by_schema(architecture.path)


def test_a_file_says_where_it_comes_from_and_what_it_assumes(architecture: Architecture) -> None:
    assert (architecture.document is None) != (architecture.source is None)
    assert architecture.assumptions


def test_exact_claims_hold_of_the_cost_known_before_training(architecture: Architecture) -> None:
    rows = [row for row in cost(architecture).layers if row.depth == 0]
    for claim in architecture.claims:
        match claim:
            case Parameters():
                assert sum(row.parameters for row in rows[: claim.layers]) == claim.value
            case LayerParameters():
                assert rows[claim.layer - 1].parameters == claim.value
            case OutputShape():
                assert rows[claim.layer - 1].output_shape == claim.value


def test_a_file_reads_the_same_from_its_own_dump(architecture: Architecture) -> None:
    again = Architecture.model_validate(architecture.model_dump(mode="json") | {"path": architecture.path})
    assert again == architecture


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("000_convnet", 93_322, 2_794_240),
        ("002_two_conv_dropout", 113_386, 1_413_504),
        ("003_wide_conv_dropout", 1_199_882, 11_992_448),
        ("dense_512", 407_050, 406_528),
        ("keras_mnist_convnet", 34_826, 2_440_960),
        ("lenet_5", 61_706, 416_520),
    ],
)
def test_sizes_are_those_of_the_sources(name: str, parameters: int, macs: int) -> None:
    known = cost(named(name))
    assert (known.parameters, known.macs) == (parameters, macs)


def test_the_documents_that_describe_one_computation_share_it() -> None:
    fingerprints = {name: trial_computation(named(name), Settings()).fingerprint for name in DOCUMENTS}
    assert fingerprints["000_convnet"] == fingerprints["004_convnet"] == fingerprints["001_convnet_8_epochs"]
    assert len(set(fingerprints.values())) == 3


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("000_convnet", ["0.9919999837875366", "0.9908", "0.9913", "0.9923", "0.9920", "0.9922", "0.9908", "0.9891"]),
        ("001_convnet_8_epochs", ["0.9987", "0.9922000169754028"]),
        ("002_two_conv_dropout", ["0.03143580365489979", "0.9902", "0.99"]),
        ("003_wide_conv_dropout", ["0.98630000"]),
        ("004_convnet", ["0.99229999999999996"]),
        ("dense_512", ["0.9890", "0.9777"]),
        ("keras_mnist_convnet", ["0.023950600996613503", "0.9922000169754028"]),
    ],
)
def test_published_numbers_keep_their_digits(name: str, digits: list[str]) -> None:
    claims = [claim for claim in named(name).claims if isinstance(claim, NumberClaim)]
    assert [str(number) for claim in claims for number in claim.numbers] == digits


def test_a_statement_says_why_it_is_not_tested() -> None:
    statements = [claim for name in DOCUMENTS for claim in named(name).claims if isinstance(claim, Statement)]
    assert [statement.text for statement in statements] == [
        "The first convolution learns small patterns such as edges",
        "The third convolution has 32 filters",
        "Convolutions are typically done with 3 × 3 windows and no stride",
        "The network is trained for ten epochs",
        "Convolutional networks are almost universally used in computer vision",
        "Strides are rarely used in practice, max pooling tends to be",
    ]
    assert all(statement.reason for statement in statements)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("000_convnet", ["learns_local_patterns", *["tolerates_shift"] * 2, *["sees_more"] * 2, *["halves"] * 2]),
        ("002_two_conv_dropout", [*["tolerates_shift"] * 2, "needs", "better_than", "sees_more", "gap_smaller_than"]),
        ("003_wide_conv_dropout", ["gap_smaller_than"]),
    ],
)
def test_sentences_that_can_be_tested_are_claims(name: str, kinds: list[str]) -> None:
    numbers = {"parameters", "layer_parameters", "output_shape", "test_accuracy", "test_loss", "prediction"}
    assert [claim.kind for claim in named(name).claims if claim.kind not in {*numbers, "statement"}] == kinds
