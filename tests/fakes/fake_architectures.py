"""Small architectures as values, without a file."""

from __future__ import annotations

from pathlib import Path

from harness.spec.architecture import Architecture


def architecture(name: str, *, units: int = 16, epochs: int = 5) -> Architecture:
    return Architecture.model_validate(
        {
            "name": name,
            "path": Path(f"{name}.yaml"),
            "title": f"Dense {units}, {epochs} epochs",
            "dataset": "mnist",
            "layers": ["Flatten", {"Dense": {"units": units}}, {"Dense": {"units": 10, "activation": "softmax"}}],
            "training": {
                "optimizer": "Adam",
                "loss": "categorical_crossentropy",
                "batch_size": 100,
                "epochs": epochs,
            },
        }
    )
