"""Runs cells, one after another, in one namespace, and answers questions about it.

Calls come from the worker, as JSON texts, one at a time; output leaves through `outputs`. Must not know whether the page
is isolated: the worker hands in how to wait and how to ask for input (`connect`).
"""

import asyncio
import base64
import builtins
import getpass
import inspect as python_inspect
import io
import json
import re
import rlcompleter
import signal
import sys
import time
import types
import warnings

from pyodide.code import eval_code_async

from . import ipython, magics, outputs, tracebacks

_main = types.ModuleType("__main__")
_main.__builtins__ = builtins
sys.modules["__main__"] = _main
namespace = _main.__dict__

_shell = magics.Shell(namespace)
_count = 0
_task = None
#: The task in which `_execute` itself runs.
_own = None
#: How many have come since the cell was called, and whether one found nothing of it that could be cancelled.
_interrupts = 0
_is_pending = False
_listen = None
_MAX_MATCHES = 500

# An interrupt may end a cell that awaits before its first step. What is left of it would complain in another cell's output.
warnings.filterwarnings("ignore", r"coroutine '(<module>|eval_code_async|_interruptible)' was never awaited", RuntimeWarning)


def connect(publish, ask, wait, signals):
    """Once, before the first cell.

    `publish(json)` sends a message; `ask(prompt, password)` answers a line, or None when interrupted, and is None where
    the page cannot wait; `wait(seconds)` blocks, or is None for Python's own way. `signals.listen(on)` lets signals reach
    Python: only in a cell, since one that came outside would end the machine. An interrupt is repeated until
    `signals.heard()`, and after `signals.repeat()`. None where there are no signals.
    """
    global _listen
    _listen = (lambda on: None) if signals is None else signals.listen
    outputs.publish = publish
    sys.stdout, sys.stderr = outputs.stdout, outputs.stderr
    ipython.install(_shell)
    namespace.update(display=outputs.display, get_ipython=lambda: _shell)
    builtins.input = lambda prompt="", /: _ask(ask, str(prompt), False)
    getpass.getpass = lambda prompt="Password: ", stream=None: _ask(ask, str(prompt), True)
    if wait is not None:
        time.sleep = lambda seconds: _sleep(wait, seconds)
    if signals is not None:
        signal.signal(signal.SIGINT, lambda _number, frame: _on_interrupt(signals, frame))
        sys.unraisablehook = lambda failure: _on_unraisable(signals, failure)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, lambda _number, _frame: outputs.flush_all())


def _ask(ask, prompt, password):
    outputs.flush_all()
    if ask is None:
        raise RuntimeError("input() cannot wait in this browser. Use a newer one, or a Jupyter Server.")
    answer = ask(prompt, password)
    if answer is None:
        raise _interruption()
    return answer


def _sleep(wait, seconds):
    """In slices: between them Python looks for an interrupt."""
    outputs.flush_all()
    until, before = time.monotonic() + seconds, _interrupts
    while (left := until - time.monotonic()) > 0:
        wait(min(left, 0.05))
        if _interrupts > before:
            raise _interruption()


def interrupt():
    """Ends a cell that awaits, or was called and has not begun; one that computes is interrupted through Pyodide's buffer."""
    global _interrupts, _is_pending
    _interrupts += 1
    if _task is None or not _task.cancel():
        _is_pending = True


def _on_interrupt(signals, frame):
    """The signal comes in the middle of anything. What a cell called ends there; an event loop that did would never go on."""
    signals.heard()
    top, callers = frame.f_code, set()
    while (frame := frame.f_back) is not None:
        callers.add(frame.f_code)
    if _guarded.__code__ in callers:
        raise KeyboardInterrupt
    interrupt()
    if _execute.__code__ in callers:
        if _interruptible.__code__ not in callers | {top}:
            raise KeyboardInterrupt
    elif _is_in_background() or any(tracebacks.is_cell(code.co_filename) for code in callers | {top}):
        # What a cell has left to the event loop, a task or a callback, holds it up.
        raise asyncio.CancelledError


def _is_in_background():
    return asyncio.current_task() not in (None, _task, _own)


def _interruption():
    """A task that is no cell's must not end in KeyboardInterrupt: asyncio would raise it into its event loop."""
    return asyncio.CancelledError() if _is_in_background() else KeyboardInterrupt()


def _on_unraisable(signals, failure):
    """Python goes on after an error in a finalizer: one that was meant for the cell is to come again."""
    if failure.exc_type is KeyboardInterrupt:
        signals.repeat()
    else:
        sys.__unraisablehook__(failure)


def execute(source, silent, store_history):
    """Runs a cell; an awaitable of the content of Jupyter's `execute_reply`."""
    global _interrupts, _is_pending
    # Here and not where the cell begins, a turn of the event loop later: an interrupt may come between.
    _interrupts, _is_pending = 0, False
    return _execute(source, silent, store_history)


async def _execute(source, silent, store_history):
    global _count, _own
    _own = asyncio.current_task()
    if store_history and not silent:
        _count += 1
    error = None
    try:
        _listen(True)
        if _interrupts > 0:
            raise KeyboardInterrupt
        result = await _run(source)
        if not silent and result is not None:
            _keep(result)
            outputs.publish_result(result, _count)
        _show_figures()
    except BaseException as raised:
        error = raised
    finally:
        _listen(False)
    outputs.flush_all()
    reply = {"status": "ok", "execution_count": _count, "payload": [], "user_expressions": {}}
    if error is not None:
        description = tracebacks.describe(error)
        sys.last_exc = sys.last_value = error
        outputs.send("error", description)
        reply.update(status="error", **description)
    return json.dumps(reply, default=repr)


async def _run(source):
    cell = magics.split_cell(source)
    timed = cell is not None and cell[0] == "time"
    if cell is not None and not timed:
        return _shell.run_cell_magic(*cell)
    # The first line stays a line, so that the numbers in a traceback are those of the cell.
    began, code = time.perf_counter(), magics.to_python("\n" + cell[2] if timed else source)
    tracebacks.remember(_count, source)
    try:
        return await _interruptible(eval_code_async(code, globals=namespace, filename=tracebacks.cell_name(_count)))
    finally:
        if timed:
            print(magics.wall_time(time.perf_counter() - began))


async def _interruptible(running):
    """Awaits in a task that `interrupt` can cancel; the cancellation it causes is a KeyboardInterrupt to the cell."""
    global _task
    _task = asyncio.ensure_future(_guarded(running))
    try:
        result, error = await _task
    except asyncio.CancelledError as cancelled:
        error = cancelled
    finally:
        _task = None
        running.close()  # one that has not begun would be complained of
    is_cancelled = isinstance(error, asyncio.CancelledError)
    if error is not None and not (is_cancelled and _interrupts > 0):
        raise error
    if is_cancelled or _is_pending:
        raise KeyboardInterrupt from None
    return result


async def _guarded(running):
    """The result and the error. A task must not end in KeyboardInterrupt: asyncio would raise it into its event loop."""
    try:
        if _interrupts > 0:
            raise KeyboardInterrupt
        return await running, None
    except BaseException as error:
        return None, error


def _keep(result):
    builtins._ = result
    namespace["_"] = namespace[f"_{_count}"] = result
    namespace.setdefault("Out", {})[_count] = result


def _show_figures():
    """What `%matplotlib inline` means; matplotlib is there only when somebody installed it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        image = io.BytesIO()
        pyplot.figure(number).savefig(image, format="png", bbox_inches="tight")
        png = base64.b64encode(image.getvalue()).decode("ascii")
        outputs.display({"image/png": png, "text/plain": "<Figure>"}, raw=True)
    pyplot.close("all")


def complete(source, cursor):
    """The content of Jupyter's `complete_reply`; `cursor` in code points."""
    name = re.search(r"[\w.]*$", source[:cursor])[0]
    completer = rlcompleter.Completer(namespace)
    matches = set()
    for index in range(_MAX_MATCHES):
        match = completer.complete(name, index) if name else None
        if match is None:
            break
        matches.add(match.rstrip("() "))
    if not name:
        matches = {key for key in namespace if not key.startswith("_")}
    span = {"cursor_start": cursor - len(name), "cursor_end": cursor}
    return json.dumps({"status": "ok", "matches": sorted(matches), **span, "metadata": {}})


def inspect(source, cursor):
    """The content of Jupyter's `inspect_reply`."""
    name = re.search(r"[\w.]*$", source[:cursor])[0] + re.match(r"\w*", source[cursor:])[0]
    reply = {"status": "ok", "found": False, "data": {}, "metadata": {}}
    try:
        found = eval(name, namespace)
    except Exception:
        return json.dumps(reply)
    lines = []
    try:
        lines.append(f"Signature: {name.split('.')[-1]}{python_inspect.signature(found)}")
    except (TypeError, ValueError):
        pass
    lines += [f"Type:      {type(found).__name__}", f"Docstring: {python_inspect.getdoc(found) or '(none)'}"]
    return json.dumps({**reply, "found": True, "data": {"text/plain": "\n".join(lines)}})


def version():
    return sys.version.split()[0]
