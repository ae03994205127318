"""The data sets of a folder of specs: which there are, which its specs use, and adding one; overwrites nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.app.adding_options import AddOptions, format_of, share_to_test, some_of
from harness.data.cache import CachedCopy
from harness.data.dataset import Dataset
from harness.data.dataset_files import FOLDER, dataset_files, dataset_names, own_dataset_files
from harness.data.declarations import all_datasets, read_dataset
from harness.declaration.files import HERE, SUFFIX, is_safe_name, shipped_folder
from harness.declaration.spec_error import shown
from harness.errors import CannotAdd, NoArchitectures
from harness.spec.folder import files_apart, find_architectures
from harness.spec.reading import sound


def datasets_in_use(specs: Path, named: Collection[str]) -> tuple[Dataset, ...]:
    """Return the data sets with these names, which specs use, and those that are not shipped, by name.

    Raises:
        InvalidSpec: A declaration has a mistake.
    """
    shipped = {file.stem for file in own_dataset_files(shipped_folder())}
    files = dataset_files(specs).items()
    return tuple(read_dataset(file) for name, file in files if name not in shipped or name in named)


def named_datasets(specs: Path) -> set[str]:
    """Return the names of the data sets that the folder's valid specs use; without specs, those of the package's."""
    try:
        files = find_architectures(specs)
    except NoArchitectures:
        files = ()
    architectures, _ = sound((*files, *files_apart(specs)) or find_architectures(shipped_folder()))
    return {architecture.dataset for architecture in architectures}


def list_datasets(specs: Path) -> list[dict[str, Any]]:
    """Return what is known of each data set without reading its arrays; the keys are a contract.

    ``sha256`` is None where the arrays' digests are neither declared nor in the cache.
    """
    return [_listed(dataset) for dataset in all_datasets(specs).values()]


def _listed(dataset: Dataset) -> dict[str, Any]:
    copy = CachedCopy(dataset)
    return {
        "name": dataset.name,
        "title": dataset.title,
        "inputs": list(dataset.inputs),
        "classes": list(dataset.classes),
        "train_examples": dataset.train_examples,
        "test_examples": dataset.test_examples,
        "sha256": copy.known_sha256(),
        "cached": copy.path.exists(),
    }


SCHEMA = "schema.json"


@dataclass(frozen=True)
class AddedDataset:
    """The declaration's file, and what it declares."""

    file: Path
    dataset: Dataset

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, and what to do next."""
        dataset, name = self.dataset, self.dataset.name
        inputs = "×".join(map(str, dataset.inputs))
        several = "labels, of which an example may have several" if dataset.multi_label else "classes"
        found = (
            f"{dataset.train_examples:,} examples to train on and {dataset.test_examples:,} to test on, of {inputs}, "
            f"in {len(dataset.classes)} {several}: {some_of(dataset.classes)}"
        )
        repeated = dataset.repeated_test_examples
        ends = ", its softmax as a sigmoid for each label" if dataset.multi_label else ""
        again = f"{repeated:,} of the {dataset.test_examples:,} examples to test on are also to train on"
        steps = ", ".join(step.kind for step in dataset.preprocessing) or "none"
        return (
            found,
            again if repeated else "no example to test on is also to train on",
            f"preprocessing: {steps}; {self.file} says how, and can be edited",
            f"next: 'bench run --all --dataset {name} --smoke' tries every architecture that fits{ends}",
            f"or: 'bench new my_network --dataset {name}' starts one of your own",
        )


def add_dataset(options: AddOptions) -> AddedDataset:
    """Read the files, keep their arrays in the cache, and write the declaration and its schema.

    Raises:
        CannotAdd: The name, or an option, is not a valid one.
        DataRefused: The files can't be trained on.
        BenchError: The cache or the folder can't be written.
    """
    file = _free_file(options)
    read_as = format_of(options)

    from harness.data.dataset import Split
    from harness.data.new_declaration import declaration_text, declare
    from harness.records.files import write_atomically

    split = Split(test=share_to_test(options.test), seed=options.split_seed)
    declared = declare(options.path, read_as, split, title=file.stem)
    if options.test is not None and declared.content.split is None:
        raise CannotAdd(f"--test can't be used: {options.path} sets its test examples apart itself; leave it out")
    dataset = Dataset.model_construct(name=file.stem, **dict(declared.content))
    text = declaration_text(declared.content)
    _check_reads_back(file, text, dataset)
    copy = CachedCopy(dataset)
    with copy.empty_incoming():
        copy.write(declared.arrays, source=f"{options.path.absolute()}")
    try:
        _write_schema(file.parent / SCHEMA)
        write_atomically(file, text.encode())
    except BaseException:
        copy.path.unlink(missing_ok=True)
        raise
    return AddedDataset(file, dataset)


def _free_file(options: AddOptions) -> Path:
    """Return where the declaration goes."""
    name = options.path.stem if options.name is None else options.name.removesuffix(SUFFIX)
    remedy = "name it with --name, of letters, digits, '_', '-' and '.', a letter or a digit first, 80 at most"
    if not is_safe_name(name):
        raise CannotAdd(f"{shown(name)} is not a valid name; {remedy}")
    folder = options.architectures or HERE
    taken = next((known for known in dataset_names(folder) if known.lower() == name.lower()), None)
    if taken is not None:
        raise CannotAdd(f"there is a data set {shown(taken)} already; choose another name with --name")
    return folder / FOLDER / f"{name}{SUFFIX}"


def _check_reads_back(file: Path, text: str, dataset: Dataset) -> None:
    """Make sure that the file will say what was found."""
    from harness.data.dataset import DatasetFile
    from harness.data.declarations import content_mistakes
    from harness.declaration.validation import read_model

    read_back = read_model(DatasetFile, file, text, content_mistakes)
    if Dataset.model_construct(name=file.stem, **dict(read_back)) != dataset:
        raise CannotAdd(f"{file}: the declaration would not say what the files hold; rename classes with odd names")


def _write_schema(schema: Path) -> None:
    from harness.records.files import write_atomically

    if not schema.exists():
        write_atomically(schema, (shipped_folder() / FOLDER / schema.name).read_bytes())
