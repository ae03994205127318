"""The environment: what times and bits depend on, and nothing that tells who or where."""

from __future__ import annotations

import getpass
import socket

from fake_trials import elsewhere

from harness.records.environment import Commit, current_environment, instruction_set


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
        assert elsewhere(here, **{field: value}).id != here.id
    same: dict[str, object] = {
        "cores": 77,
        "memory_bytes": 7,
        "commit": None,
        "uncommitted_changes": None,
        "instruction_set": None,
        "harness": "0",
    }
    assert {*same, *here.identity, "onednn_max_isa", "backend"} == set(here.facts)
    for field, value in same.items():
        assert elsewhere(here, **{field: value}).id == here.id


def test_the_instruction_set_is_the_widest_that_the_processor_has() -> None:
    avx512 = ("avx", "avx2", "avx512bw", "avx512dq", "avx512f", "avx512vl", "sse4_2")
    assert instruction_set(avx512) == "avx512_core"
    assert instruction_set((*avx512, "avx512_vnni", "avx_vnni")) == "avx512_core_vnni"
    assert instruction_set((*avx512, "avx512_vnni", "avx512_bf16")) == "avx512_core_bf16"
    assert instruction_set(("avx", "avx2", "avx_vnni", "sse4_2")) == "avx2_vnni"
    assert instruction_set(("asimd",)) == "asimd"
    assert instruction_set(()) is None


def test_a_limit_narrows_the_instruction_set_and_an_unknown_one_does_not() -> None:
    features = ("avx", "avx2", "avx512bw", "avx512dq", "avx512f", "avx512vl", "sse4_2")
    assert instruction_set(features, "AVX2_VNNI") == "avx2"
    assert instruction_set(features, "SSE41") == "sse41"
    assert instruction_set(features, "AVX512_CORE_AMX") == "avx512_core"
    assert instruction_set(features, "ALL") == "avx512_core"


def test_a_known_commit_and_number_of_cores_are_taken_as_they_are() -> None:
    described = current_environment(1, cores=99, commit=Commit("c" * 40, uncommitted_changes=True))
    assert (described.machine.cores, described.commit, described.uncommitted_changes) == (99, "c" * 40, True)
    assert described.id == current_environment(1).id


def test_identity_is_a_safe_folder_name() -> None:
    odd = elsewhere(current_environment(threads=1), processor="Intel(R) Xeon(R) / @ 2.20GHz \\ ü")
    assert odd.id.replace("-", "").replace(".", "").isalnum()
    assert odd.id.isascii()


def test_no_host_name_user_name_or_path() -> None:
    text = current_environment(threads=1).model_dump_json()
    assert socket.gethostname() not in text
    assert f'"{getpass.getuser()}"' not in text
    assert "/" not in text.replace(" / ", "")
