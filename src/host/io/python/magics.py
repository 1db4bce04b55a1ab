"""The few lines that are no Python: `%magic`, `%%magic`, `!command` and `name?`.

Only a line at which Python's own parser stumbles is read as one, so a `%` inside a string or an expression is never
touched, and line numbers stay as they are. What cannot work in a page is refused in words.
"""

import ast
import re
import sys
import time

_CELL = re.compile(r"^%%(\w+)[ \t]*(.*)\n?")
_LINE = re.compile(r"^(\s*)(?:([\w., ]+?)\s*=\s*)?%(\w+)[ \t]*(.*)$")
_COMMAND = re.compile(r"^(\s*)(?:[\w., ]+=\s*)?!(.*)$")
_HELP = re.compile(r"^(\s*)(?:\?{1,2}([\w.]+)|([\w.]+)\?{1,2})\s*$")

#: What they switch is either always on here or has nothing to switch.
_SILENT = {"matplotlib", "config", "load_ext", "autoreload", "precision"}
_SHOWN_AS = {
    "html": "HTML",
    "markdown": "Markdown",
    "latex": "Latex",
    "svg": "SVG",
    "javascript": "Javascript",
    "js": "Javascript",
}


class UsageError(Exception):
    """A magic that does not exist, or cannot work in a page."""


def split_cell(source):
    """`(name, line, body)` when the cell begins with a cell magic, else None."""
    match = _CELL.match(source)
    return (match[1], match[2], source[match.end() :]) if match else None


def to_python(source):
    """The source with its magic lines written as calls; as it is when it is no Python even so."""
    lines = source.split("\n")
    for _ in lines:
        try:
            ast.parse("\n".join(lines))
            return "\n".join(lines)
        except SyntaxError as error:
            index = (error.lineno or 0) - 1
            rewritten = _rewrite(lines[index]) if 0 <= index < len(lines) else None
            if rewritten is None:
                return source
            lines[index] = rewritten
    return "\n".join(lines)


def _rewrite(line):
    if match := _LINE.match(line):
        indent, target, name, rest = match.groups()
        return f"{indent}{f'{target} = ' if target else ''}get_ipython().run_line_magic({name!r}, {rest!r})"
    if match := _COMMAND.match(line):
        return f"{match[1]}get_ipython().system({match[2]!r})"
    if match := _HELP.match(line):
        return f"{match[1]}help({match[2] or match[3]})"
    return None


def wall_time(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"Wall time: {seconds * factor:.3g} {unit}"
    return f"Wall time: {seconds * 1e9:.3g} ns"


class Shell:
    """What `get_ipython()` answers."""

    def __init__(self, namespace):
        self.user_ns = namespace

    def run_line_magic(self, name, line):
        if name in _SILENT:
            return None
        if name == "time":
            return self._time(line)
        if name == "timeit":
            return self._timeit(line)
        if name == "who":
            print("\t".join(key for key in self.user_ns if not key.startswith("_")))
            return None
        if name in ("pip", "conda"):
            raise UsageError(f"%{name} cannot install into the Python of this page. Use a Jupyter Server for more packages.")
        raise UsageError(f"%{name} is not known to the Python of this page.")

    def run_cell_magic(self, name, line, cell):
        if name in _SHOWN_AS:
            display = sys.modules["IPython.display"]
            display.display(getattr(display, _SHOWN_AS[name])(cell))
            return None
        if name == "timeit":
            return self._timeit(cell)
        raise UsageError(f"%%{name} is not known to the Python of this page.")

    def system(self, command):
        raise UsageError(
            "`!` starts a program of the operating system, and the Python of this page has none. "
            "Do it in Python, or use a Jupyter Server."
        )

    def _time(self, line):
        began = time.perf_counter()
        try:
            try:
                code = compile(line, "<%time>", "eval")
            except SyntaxError:
                exec(compile(line, "<%time>", "exec"), self.user_ns)
                return None
            return eval(code, self.user_ns)
        finally:
            print(wall_time(time.perf_counter() - began))

    def _timeit(self, statement):
        import timeit

        timer = timeit.Timer(statement, globals=self.user_ns)
        loops, _ = timer.autorange()
        best = min(timer.repeat(3, loops)) / loops
        print(f"{wall_time(best)} per loop (best of 3, {loops} loops each)")
