"""The environment: what times and bits depend on, and nothing that tells who or where."""

from __future__ import annotations

import getpass
import socket

from harness.records.environment import IDENTITY, Commit, Environment, current_environment


def test_identity_changes_with_what_bits_depend_on_and_with_nothing_else() -> None:
    here = current_environment(threads=1)
    others = {
        "onednn_max_isa": "AVX2",
        "threads": 2,
        "processor": "Another",
        "tensorflow": "2.20.0",
        "deterministic": False,
        "onednn": False,
    }
    for field, value in others.items():
        assert here.model_copy(update={field: value}).id != here.id
    for field in set(Environment.model_fields) - set(IDENTITY):
        assert here.model_copy(update={field: None}).id == here.id


def test_a_known_commit_and_number_of_cores_are_taken_as_they_are() -> None:
    described = current_environment(1, cores=99, commit=Commit("c" * 40, uncommitted_changes=True))
    assert (described.cores, described.commit, described.uncommitted_changes) == (99, "c" * 40, True)
    assert described.id == current_environment(1).id


def test_identity_is_a_safe_folder_name() -> None:
    odd = current_environment(threads=1).model_copy(update={"processor": "Intel(R) Xeon(R) / @ 2.20GHz \\ ü"})
    assert odd.id.replace("-", "").replace(".", "").isalnum()
    assert odd.id.isascii()


def test_no_host_name_user_name_or_path() -> None:
    text = current_environment(threads=1).model_dump_json()
    assert socket.gethostname() not in text
    assert f'"{getpass.getuser()}"' not in text
    assert "/" not in text.replace(" / ", "")
