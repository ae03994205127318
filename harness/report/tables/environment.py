"""Where the numbers come from; measures nothing."""

from __future__ import annotations

from harness.analysis.runs import Study
from harness.records.environment import Environment
from harness.report import numbers
from harness.report.table import Table


def environment_table(study: Study) -> Table:
    """Return what times and bits depend on, one fact per row; the commits are those of all records."""
    environment = study.environment
    if environment is None:
        return Table("Environment", ("", ""), (), ("left", "left"))
    facts = {
        "Id": environment.id,
        "Processor": environment.processor,
        "Vector features": " ".join(environment.processor_features) or numbers.UNKNOWN,
        "Accelerator": environment.accelerator or "none",
        "Threads per trial": str(environment.threads),
        "System": environment.system,
        "Python": environment.python,
        "TensorFlow": environment.tensorflow,
        "Keras": environment.keras,
        "NumPy": environment.numpy,
        "oneDNN": _onednn(environment),
        "Harness": f"{environment.harness}, commit {', '.join(study.commits) or numbers.UNKNOWN}",
        "Op determinism": "on" if environment.deterministic else "off",
    }
    return Table("Environment", ("What", "Value"), tuple(facts.items()), ("left", "left"), _others(study))


def _onednn(environment: Environment) -> str:
    limit = f", limited to {environment.onednn_max_isa}" if environment.onednn_max_isa else ""
    return f"on{limit}" if environment.onednn else "off"


def _others(study: Study) -> tuple[str, ...]:
    if not study.others:
        return ()
    named = ", ".join(f"{name} ({numbers.plural(count, 'record')})" for name, count in study.others)
    return (f"Other environments have records too; no number above mixes them with this one's: {named}.",)
