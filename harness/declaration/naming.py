"""The remedy for a name that is not known: what it may stand for, by meaning or by letters; holds no names."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.errors import did_you_mean

# Fewer letters in common make a name like any other: Input and Dropout have half.
LIKENESS = 0.6
_CALL = re.compile(r"([\w.]+)\(.*")


@dataclass(frozen=True)
class OtherWords:
    """What known names are called elsewhere: a section of a file, which is read at the first unknown name.

    Its keys are known names, or sentences on what to write; its values are words, separated by spaces.
    """

    file: Path | None = None
    section: str = ""

    def meant(self, word: str) -> Sequence[str]:
        """Return the known names that are meant by a word, or one sentence, which has a space; nothing: unknown."""
        return _by_word(self.file, self.section).get(plain(word), ()) if self.file else ()


NO_WORDS = OtherWords()


@cache
def _by_word(file: Path, section: str) -> Mapping[str, Sequence[str]]:
    by_word: dict[str, list[str]] = defaultdict(list)
    for meant, words in tomllib.loads(file.read_text(encoding="utf-8"))[section].items():
        for word in words.split():
            by_word[plain(word)].append(meant)
    return by_word


def plain(word: str) -> str:
    """Return a word without what differs between libraries: case, underscores, the module before a point."""
    return re.sub(r"[^a-z0-9]", "", word.rpartition(".")[2].lower())


def remedy(name: str, known: Sequence[str], words: OtherWords = NO_WORDS) -> str:
    """Return what to write for a name that is not among the known ones; nothing where that can't be told."""
    called = _CALL.fullmatch(name)
    if called:
        same = _same(called[1], known)
        return f"write '{same[0]}: {{field: value}}', without parentheses" if same else remedy(called[1], known, words)
    meant = words.meant(name)
    if any(" " in sentence for sentence in meant):
        return meant[0]
    found = [other for other in meant if other in known] or _same(name, known)
    return f"did you mean {' or '.join(map(repr, found))}?" if found else did_you_mean(name, known, LIKENESS)


def _same(name: str, known: Sequence[str]) -> list[str]:
    return [other for other in known if plain(other) == plain(name)]
