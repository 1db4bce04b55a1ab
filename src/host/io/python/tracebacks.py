"""An exception as people want to read it: the frames of their own code, with the lines around, coloured for a terminal.

Frames of this kernel and of Pyodide's runner are left out: the reader did not write them and cannot change them.
"""

import linecache
import os
import re
import traceback

_RED, _GREEN, _CYAN, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"
_HERE = os.path.dirname(__file__)
#: JavaScript's own frames, where a call went through Pyodide.
_MACHINE = ("blob:", "wasm:")
_CELL = re.compile(r"^<cell (\d+)>$")
_MAX_FRAMES = 40
_MAX_CHAIN = 8


def cell_name(count):
    """The file name under which a cell is compiled."""
    return f"<cell {count}>"


def is_cell(filename):
    return _CELL.match(filename) is not None


def remember(count, source):
    """Lets tracebacks, and `inspect.getsource`, show the lines of a cell."""
    name = cell_name(count)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def describe(error):
    """`{ename, evalue, traceback}` of Jupyter's error message."""
    name = type(error).__name__
    value = _explain(error)
    lines = _render_syntax_error(error) if isinstance(error, SyntaxError) else _render(error, value, _MAX_CHAIN)
    return {"ename": name, "evalue": value, "traceback": lines}


def _explain(error):
    try:
        text = str(error)
    except Exception as failure:
        return f"<its text cannot be shown: {type(failure).__name__}>"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"No module named {error.name!r}. The Python of this page carries the standard library; use a Jupyter Server for more."
    return text


def _render(error, value, chain):
    name = type(error).__name__
    lines = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and chain > 0 and _user_frames(cause):
        lines += _render(cause, _explain(cause), chain - 1)
        how = "The above exception was the direct cause of" if error.__cause__ else "During handling of the above exception,"
        lines.append(f"\n{how} {'the following exception' if error.__cause__ else 'another exception occurred'}:\n")
    lines.append(f"{_RED}{'-' * 75}{_PLAIN}")
    lines.append(f"{_RED}{name}{_PLAIN}{'Traceback (most recent call last)':>{max(75 - len(name), 34)}}")
    frames = _user_frames(error)
    for frame in frames[:_MAX_FRAMES]:
        lines.append(_render_frame(frame))
    if len(frames) > _MAX_FRAMES:
        lines.append(f"    ... {len(frames) - _MAX_FRAMES} more frames ...\n")
    lines.append(f"{_RED}{name}{_PLAIN}: {value}")
    lines += [str(note) for note in getattr(error, "__notes__", [])]
    return lines


def _user_frames(error):
    """From the first frame that belongs to a cell on, without this kernel's own and the browser's."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, frame in enumerate(frames) if _CELL.match(frame.filename)), len(frames))
    return [frame for frame in frames[first:] if not frame.filename.startswith((_HERE, *_MACHINE))]


def _render_frame(frame):
    cell = _CELL.match(frame.filename)
    place = f"Cell In[{cell[1]}]" if cell else f"File {frame.filename}"
    inside = "" if frame.name == "<module>" else f", in {_CYAN}{frame.name}{_PLAIN}"
    text = f"{_GREEN}{place}, line {frame.lineno}{_PLAIN}{inside}\n"
    for number in range(max(1, frame.lineno - 2), frame.lineno + 3):
        line = linecache.getline(frame.filename, number).rstrip()
        if line or number == frame.lineno:
            arrow = f"{_GREEN}----> {number}{_PLAIN}" if number == frame.lineno else f"      {number}"
            text += f"{arrow} {line}\n"
    return text


def _render_syntax_error(error):
    cell = _CELL.match(error.filename or "")
    place = f"Cell In[{cell[1]}]" if cell else f"File {error.filename}"
    lines = [f"{_GREEN}{place}, line {error.lineno}{_PLAIN}"]
    if error.text:
        shown = error.text.rstrip("\n")
        stripped = shown.lstrip()
        lines.append(f"    {stripped}")
        lines.append("    " + " " * max(0, (error.offset or 1) - 1 - (len(shown) - len(stripped))) + f"{_RED}^{_PLAIN}")
    return ["\n".join([*lines, f"{_RED}{type(error).__name__}{_PLAIN}: {error.msg}\n"])]
