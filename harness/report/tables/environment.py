"""Where the numbers come from; measures nothing."""

from __future__ import annotations

from harness.analysis.runs import Study
from harness.records.environment import Numerics
from harness.report import numbers
from harness.report.table import Table


def environment_table(study: Study) -> Table:
    """Return what times and bits depend on, one fact per row; the commits are those of all records."""
    environment = study.environment
    if environment is None:
        return Table("Environment", ("", ""), (), ("left", "left"))
    numerics, machine = environment.numerics, environment.machine
    facts = {
        "Id": environment.id,
        "Processor": machine.processor,
        "Vector features": " ".join(machine.processor_features) or numbers.UNKNOWN,
        "Accelerator": numerics.accelerator or "none",
        "Threads per trial": str(numerics.threads),
        "System": machine.system,
        "Python": machine.python,
        "TensorFlow": numerics.tensorflow,
        "Keras": numerics.keras,
        "NumPy": numerics.numpy,
        "oneDNN": _onednn(numerics),
        "Harness": f"{environment.harness}, commit {', '.join(study.commits) or numbers.UNKNOWN}",
        "Op determinism": "on" if numerics.deterministic else "off",
    }
    return Table("Environment", ("What", "Value"), tuple(facts.items()), ("left", "left"), _others(study))


def _onednn(numerics: Numerics) -> str:
    limit = f", limited to {numerics.onednn_max_isa}" if numerics.onednn_max_isa else ""
    return f"on{limit}" if numerics.onednn else "off"


def _others(study: Study) -> tuple[str, ...]:
    if not study.others:
        return ()
    named = ", ".join(f"{name} ({numbers.plural(count, 'record')})" for name, count in study.others)
    return (f"Other environments have records too; no number above mixes them with this one's: {named}.",)
