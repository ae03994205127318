"""The messages that a user can be given about bad input or a bad day; it raises and prints none itself.

Mistakes in declared files are put into words where they are found, with their places.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from pathlib import Path

MOST_SHOWN = 60


class BenchError(Exception):
    """A sentence for the user: where, what, and what to do.

    The command line prints it without a traceback and exits with ``exit_code``.
    """

    exit_code = 2
    heading = "error: "


def shortened(text: str) -> str:
    """Return no more than the beginning of a text."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def shown(value: object) -> str:
    """Return how a value is written, or the beginning of it."""
    try:
        return shortened(repr(value))
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"


def did_you_mean(name: str, known: Sequence[str], likeness: float = 0.55) -> str:
    """Return the remedy ``did you mean 'a' or 'b'?`` with the known names like ``name``, or nothing.

    ``likeness`` is the least share of letters that two names have in common.
    """
    same = [other for other in known if other.lower() == name.lower()]
    matches = same or difflib.get_close_matches(name, known, n=3, cutoff=likeness)
    return f"did you mean {' or '.join(map(repr, matches))}?" if matches else ""


class CannotWrite(BenchError):
    """A file could not be written: full disk, missing permission, no folder."""

    exit_code = 1

    def __init__(self, path: Path, error: OSError) -> None:
        self.error = error
        reason = error.strerror or str(error)
        super().__init__(
            f"{path}: can't be written: {reason}; no part of a file is left: free some space or choose another folder"
        )


class OutputLost(BenchError):
    """What is printed can't be written: a full disk behind a redirection."""

    exit_code = 1

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the output can't be written: {error.strerror or error}; redirect it to another place")


class CannotRead(BenchError):
    """A folder that the user named can't be looked at."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path}: can't be read: {error.strerror or error}; choose another folder")


class UnusableFolder(CannotWrite):
    """The folder that the user named for the results takes no files, found out before anything is trained."""

    exit_code = 2


class UnusableTarget(CannotWrite):
    """A file or folder that the user named for an export can't be written."""

    exit_code = 2


class AlreadyThere(BenchError):
    """The target of an export exists."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: is already there; choose another path, or --force to replace it")


class CannotExport(BenchError):
    """What was asked for can't be exported, or not to a target of this name."""


class MissingExtra(BenchError):
    """A package that comes with one of the distribution's extras is not installed."""

    def __init__(self, what: str, packages: Sequence[str], extra: str) -> None:
        install = f"pip install 'architecture-bench[{extra}]'"
        super().__init__(f"{what} needs {', '.join(packages)}; {install} installs what is missing")


class UntrainedSeed(BenchError):
    """A seed without a record that reaches the architecture's last epoch."""

    def __init__(self, name: str, seed: int, recorded: str) -> None:
        super().__init__(f"seed {seed} of {name} is not recorded; recorded: {recorded}; or train it with 'bench run'")


class OtherWeights(BenchError):
    """A model that was to be handed over is not the one that was recorded."""

    exit_code = 1

    def __init__(self, label: str, why: str) -> None:
        super().__init__(f"{label}: {why}; nothing is handed over ('bench verify' looks for the cause)")


class ModelFailed(BenchError):
    """A framework could not build, convert or run a trained network."""

    exit_code = 1

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(f"{label}: the model can't be used or written: {reason}; nothing is left of it")


class NotAnImage(BenchError):
    """What was given is no image that the network takes, and no index of a test example."""


class UnknownExport(BenchError):
    """An export that the harness does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("export", name, known))


class NotResults(BenchError):
    """A folder of somebody else's files, which a report would overwrite, or no folder at all."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"{folder} is not a folder of results: {reason}; nothing was written: choose another folder with --results"
        )


class UnknownSeeds(BenchError):
    """What is given as seeds is not a count, a list or a range."""

    REMEDY = "give a count (5), a list (0,3,7) or a range (0-9) of whole numbers from 0"

    def __init__(self, given: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{shortened(given)}: {shortened(reason)}; {self.REMEDY}")


class Interrupted(BenchError):
    """The user ended the command; nothing is lost."""

    exit_code = 130

    def __init__(self, finished: int, pending: int) -> None:
        super().__init__(
            f"interrupted: {finished} trial{'s' if finished != 1 else ''} recorded in this run, "
            f"{pending} still to train; the same command resumes"
        )


class Stopped(BenchError):
    """The user ended a command that keeps nothing of what it has done so far."""

    exit_code = 130

    def __init__(self, done: str) -> None:
        super().__init__(f"interrupted: {done}; nothing was changed")


class NothingSelected(BenchError):
    """`bench run` without a name."""

    def __init__(self) -> None:
        super().__init__("nothing selected: name architectures (bench run 000_convnet, bench run '00*') or pass --all")


class Exclusive(BenchError):
    """Two options that contradict each other."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} can't be used together; choose one of them")


class MissingOption(BenchError):
    """An option that means nothing without another one."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} needs {other}; add it or leave {one} out")


class TooFewForALook(BenchError):
    """Fewer seeds than claims are first judged at, or not a number of them."""

    def __init__(self, given: object, first: int) -> None:
        super().__init__(f"--most-seeds {given!r}: claims are first judged at {first} seeds; give {first} or more")


class UnknownDuration(BenchError):
    """The text is not a valid duration."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"--timeout {text!r} is not a valid duration; give seconds (90), minutes (30m) or hours (1h30m)"
        )


class NoArchitectures(BenchError):
    """There is no folder of architectures, or nothing in it."""

    def __init__(self, folder: Path, error: OSError | None = None) -> None:
        state = "has no .yaml file" if error is None else _unlisted(error)
        remedy = "choose another folder with --architectures, or start a spec with 'bench new NAME'"
        super().__init__(f"{folder}: {state}; {remedy}")


def _unlisted(error: OSError) -> str:
    absent = isinstance(error, FileNotFoundError | NotADirectoryError)
    return "is not a folder" if absent else f"can't be read: {error.strerror or error}"


class UnknownArchitecture(BenchError):
    """Names or globs that match no file of the folder; ``shipped`` are names of the package's own."""

    def __init__(self, names: Sequence[str], known: Sequence[str], folder: Path, shipped: Collection[str] = ()) -> None:
        lines = [_unknown(name, known, folder, shipped) for name in names]
        super().__init__("\n".join(lines))


class DecidesNothing(BenchError):
    """Claims of architectures in a subfolder are judged on the seeds that are recorded, never until decided."""

    def __init__(self, names: Sequence[str]) -> None:
        who = f"{names[0]} and {len(names) - 1} more stand" if len(names) > 1 else f"{names[0]} stands"
        super().__init__(f"{who} apart in a subfolder, where nothing is judged until decided; give --seeds instead")


class NotOne(BenchError):
    """A glob matches several files where one is needed."""

    def __init__(self, name: str, files: Sequence[Path]) -> None:
        super().__init__(f"'{name}' matches {', '.join(path.stem for path in files)}; choose one of them")


def _unknown(name: str, known: Sequence[str], folder: Path, shipped: Collection[str]) -> str:
    kind = "no architecture matches" if set(name) & set("*?[") else "there is no architecture"
    remedy = did_you_mean(name, known) or "'bench list' shows the architectures"
    if name in shipped:
        remedy = f"'bench new {name} --from {name}' copies the one that ships with the package"
    return f"{kind} '{name}' in {folder}; {remedy}"


class UnknownProgress(BenchError):
    """A way of showing progress that there is not."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("progress", name, known))


def _unknown_thing(kind: str, name: str, known: Sequence[str]) -> str:
    available = f"available: {', '.join(known) or 'none'}"
    remedies = filter(None, [did_you_mean(name, known), available])
    return f"there is no {kind} {name!r}; {'; '.join(remedies)}"


class CannotStart(BenchError):
    """The new file's name is not a safe one or is taken, or the spec to start from can't be copied."""


class CannotImport(BenchError):
    """A saved model can't be read, or says what no spec can: a sentence for each reason."""


class CannotAdd(BenchError):
    """A data set's name is not a safe one or is taken, or an option does not fit what is to be added."""


class UnknownDataset(BenchError):
    """A data set that the harness does not know."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("data set", name, known))


class NothingFits(BenchError):
    """No architecture of the selection can be trained on the data set."""

    def __init__(self, dataset: str, reasons: Sequence[tuple[str, str]]) -> None:
        lines = [f"none of these can be trained on {dataset!r}:", *(f"  - {name}: {why}" for name, why in reasons)]
        lines += [f"'bench new NAME --dataset {dataset}' starts one that can"]
        super().__init__("\n".join(lines))


class Unaffordable(BenchError):
    """Trials that would not end: how many days each would take."""

    def __init__(self, days: Sequence[tuple[str, float]]) -> None:
        lines = [f"  - {names}: about {needed:,.0f} days" for names, needed in days]
        remedy = "make the network smaller, train fewer epochs, or say with --timeout how long a trial may take"
        super().__init__("\n".join(["nothing was started: one trial would take too long here:", *lines, remedy]))


class UnknownBackend(BenchError):
    """A backend that the harness does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("backend", name, known))


class UnknownEngine(BenchError):
    """An engine that the harness does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("engine", name, known))


class EngineMissing(BenchError):
    """An engine needs a package that is not installed."""

    def __init__(self, engine: str, package: str) -> None:
        super().__init__(
            f"--engine {engine} needs {package}, which is not installed: pip install 'architecture-bench[{engine}]'"
        )


class NoCluster(BenchError):
    """No cluster answers at the address, or none can be started."""

    def __init__(self, address: str | None, reason: str) -> None:
        remedy = "leave out --address to start one on this machine, or start one with 'ray start --head'"
        if address is None:
            what, remedy = "Ray can't be started on this machine", "--engine local does without it"
        elif address == "auto":
            what = "no Ray cluster is running on this machine"
        else:
            what = f"no Ray cluster answers at {address}"
            remedy = f"{remedy}; one that asks for a token answers where RAY_AUTH_MODE=token is set"
        super().__init__(f"{what}: {reason}; {remedy}")


class UnfitCluster(BenchError):
    """A cluster has no node that can train what is asked for."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        lines = ["no node of the Ray cluster can train these trials:", *(f"  - {name}: {why}" for name, why in reasons)]
        super().__init__("\n".join(lines) if reasons else "the Ray cluster has no node with a core for trials; add one")


class TooManyThreads(BenchError):
    """No node has as many cores as a trial is to have threads."""

    def __init__(self, threads: int, most: int) -> None:
        what = f"--threads {threads}: no node of the Ray cluster has more than {most} cores"
        super().__init__(f"{what}; give {most} or fewer")


class ClusterLost(BenchError):
    """The cluster is gone, or all of its nodes are."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__(
            "the Ray cluster is gone, or has no fitting node left; what is recorded stays, and the same command resumes"
        )


class DataMissing(BenchError):
    """The cache holds no verified copy."""

    exit_code = 1

    def __init__(self, name: str, title: str, path: Path, reason: str) -> None:
        super().__init__(f"No verified copy of {title} at {path} ({reason}); run 'bench data fetch {name}'.")
        self.reason = reason


class DataRefused(BenchError):
    """What was imported or downloaded is not the published data."""


class DataChanged(BenchError):
    """A trial was recorded on a data set that is declared differently now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the data set {name!r} is not the one that this was recorded on: its arrays or its preprocessing have "
            "changed; restore its declaration, or give the changed one another name"
        )


class DataUnavailable(BenchError):
    """Every source was tried and none delivered the data."""

    exit_code = 1

    def __init__(self, name: str, title: str, tried: Sequence[tuple[str, str]], files: str) -> None:
        lines = [f"{title} could not be fetched from any source. Tried:"]
        lines += [f"  - {source}: {reason}" for source, reason in tried]
        lines += [f"To import it from files, get {files} and run 'bench data import FILE... --dataset {name}'."]
        super().__init__("\n".join(lines))


class NoCacheFolder(BenchError):
    """The cache's folder is in a home folder that there is not."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder}: there is no such home folder; set BENCH_CACHE to a folder for data")


class NoWorkingFolder(BenchError):
    """The folder that the command was started in is gone."""

    def __init__(self) -> None:
        super().__init__("the working folder was deleted; change to another folder")


class CacheUnwritable(BenchError):
    """The cache folder can't take the data: no permission, no room, no such disk."""

    exit_code = 1

    def __init__(self, folder: Path, error: OSError) -> None:
        reason = error.strerror or str(error) or type(error).__name__
        super().__init__(
            f"{folder}: can't be written ({reason}); free some space or change its permissions, "
            "or set BENCH_CACHE to another folder."
        )


class CacheBusy(BenchError):
    """Another process holds the cache's lock for longer than any download should take."""

    exit_code = 1

    def __init__(self, lock: Path, minutes: float) -> None:
        super().__init__(
            f"{lock}: another process has been fetching for {minutes:.0f} minutes; "
            "end it if it is stuck, then run the same command again."
        )


class UnknownEnvironment(BenchError):
    """The environment asked for has no record."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        listed = ", ".join(known) if known else "none: there are no records"
        remedies = filter(None, [did_you_mean(name, known), f"recorded: {listed}"])
        super().__init__(f"no records of environment {name!r}; {'; '.join(remedies)}")


class UnknownEvaluation(BenchError):
    """There is no evaluation of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("evaluation", name, known))


class UnfitEvaluation(BenchError):
    """An evaluation that does not fit an architecture or its data set."""

    def __init__(self, spec: Path, reason: str) -> None:
        super().__init__(f"{spec}: {reason}; leave it out of --evaluate, or choose other architectures")


class UnknownMetric(BenchError):
    """There is no metric of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_unknown_thing("metric", name, known))


class InvalidArgument(BenchError, ValueError):
    """An argument of a function for notebooks is not what it has to be."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name} is {shown(value)}; give {expected}")


class NothingRecorded(BenchError):
    """There is no record of what is to be verified."""

    def __init__(self, what: str) -> None:
        super().__init__(f"nothing is recorded {what}; 'bench run' records, 'bench list' shows what is recorded")


class TimingFailed(BenchError):
    """A benchmark failed."""

    exit_code = 1

    def __init__(self, code: int) -> None:
        super().__init__(f"the benchmarks ended with pytest's exit code {code}; their output is above")


class NoBenchmarks(BenchError):
    """A file of benchmarks was not found."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} was not found: it comes with the repository only; leave out --harness")
