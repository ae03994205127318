"""The streams and signals that a command is started with, made such that nothing printed can end in a traceback.

A stream that is closed swallows what is printed, a full one is one sentence, a pipe that nobody reads is silence, and
characters that a terminal's encoding lacks are replaced.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn, TextIO

from harness.errors import BenchError, OutputLost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# What stands in for characters that an encoding lacks; a question mark for all others.
PLAIN = {"×": "x", "±": "+/-", "–": "-", "—": "-", "…": "...", "·": "*", "→": "->", "≥": ">=", "≤": "<=", "≈": "~"}  # noqa: RUF001
HANDLER = "bench-plain"
STANDARD = 3  # stdin, stdout and stderr
AGAIN_SECONDS = 0.01


class Output(io.TextIOWrapper):
    """A stream for results; raises OutputLost where the system takes no more."""

    def write(self, text: str) -> int:
        """Write the text."""
        try:
            return super().write(text)
        except OSError as error:
            raise self._lost(error) from None

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            super().flush()
        except OSError as error:
            raise self._lost(error) from None

    def _lost(self, error: OSError) -> OutputLost | SystemExit:
        """Let nothing more be written, and return what the command ends with."""
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
        return SystemExit(1) if error.errno == errno.EPIPE else OutputLost(error)


class Messages(io.TextIOWrapper):
    """A stream for messages: what can't be written is lost, for no result hangs on it."""

    def write(self, text: str) -> int:
        """Write the text."""
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with contextlib.suppress(OSError):
            super().flush()


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Guard the streams of this process, and let signals that end it unwind what it does; flush at the end.

    Streams that somebody has put in place of the process's own stay as they are.
    """
    codecs.register_error(HANDLER, plainly)
    _open_standard()
    if sys.stdout is sys.__stdout__:
        sys.stdout = _wrapped(Output, sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _wrapped(Messages, sys.stderr, 2)
    before = {number: signal.signal(number, _end) for number in _ending()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.stdout.flush()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt the block, also where it would be lost while a module is imported.

    Python reports an interrupt in some places and goes on, and a library may make another exception of it (pydantic
    does while it builds a type): the first is made again, and the second is an interrupt still.
    """
    before, report = signal.getsignal(signal.SIGINT), sys.unraisablehook
    heard = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        heard.set()
        if any(caller.f_code is interrupt_again.__code__ for caller in _callers(frame)):
            _interrupt_soon()  # now it would be lost once more
        else:
            signal.default_int_handler(number, frame)

    def interrupt_again(found: sys.UnraisableHookArgs) -> None:
        if issubclass(found.exc_type, KeyboardInterrupt):
            _interrupt_soon()
        else:
            report(found)

    if callable(before):
        signal.signal(signal.SIGINT, interrupt)
    sys.unraisablehook = interrupt_again
    try:
        yield
    except Exception as error:
        if heard.is_set() and not isinstance(error, BenchError):
            raise KeyboardInterrupt from error
        raise
    finally:
        sys.unraisablehook = report
        if callable(before):
            signal.signal(signal.SIGINT, before)


def _interrupt_soon() -> None:
    """Send Ctrl-C to the main thread, which wakes from what it waits for, as soon as the caller has returned."""
    main_thread = threading.main_thread().ident
    again = threading.Timer(AGAIN_SECONDS, signal.pthread_kill, (main_thread, signal.SIGINT))
    again.daemon = True
    again.start()


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame and all that called it."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def plainly(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def _open_standard() -> None:
    """Open what was closed before the start: the next file that is opened would take its place, and what is printed.

    Processes that are started have it too, the trials' server among them.
    """
    for number in range(STANDARD):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - its only form


def _wrapped(kind: type[io.TextIOWrapper], stream: TextIO | None, number: int) -> io.TextIOWrapper:
    """Return another stream to the same file, which closes it no more than the first one does."""
    encoding, lines = "utf-8", True
    if stream is not None:
        stream.flush()
        encoding, lines = stream.encoding, bool(stream.line_buffering)
    return kind(open(number, "wb", closefd=False), encoding, HANDLER, line_buffering=lines)


def _ending() -> Iterator[int]:
    """Yield the signals that ask a program to end, beside Ctrl-C; those that are ignored stay so, as `nohup` wants."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            yield number


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End the program in order: temporary folders are removed on the way. A second signal ends it at once."""
    del frame
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)
