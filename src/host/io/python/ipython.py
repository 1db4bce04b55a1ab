"""The part of IPython's surface that notebooks import: `IPython.display` and `get_ipython()`.

Half of the notebooks at hand import it, and IPython itself is far too large to carry along. A real IPython, where one is
installed, is left alone.
"""

import base64
import importlib.util
import sys
import types

from . import outputs


class DisplayObject:
    """Data with a media type; subclasses say which."""

    mime = "text/plain"
    binary = False

    def __init__(self, data=None, url=None, filename=None, metadata=None, **_ignored):
        if data is None and filename is not None:
            with open(filename, "rb" if self.binary else "r") as file:
                data = file.read()
        self.data = data
        self.url = url
        self.metadata = metadata or {}

    def _repr_mimebundle_(self):
        data = base64.b64encode(self.data).decode("ascii") if isinstance(self.data, bytes) else self.data
        return {self.mime: data, "text/plain": repr(self)}, ({self.mime: self.metadata} if self.metadata else {})

    def __repr__(self):
        return f"<IPython.core.display.{type(self).__name__} object>"


class Image(DisplayObject):
    binary = True
    _signatures = {b"\xff\xd8": "image/jpeg", b"GI": "image/gif", b"RI": "image/webp"}

    def __init__(self, data=None, url=None, filename=None, format=None, width=None, height=None, **_ignored):
        size = {key: value for key, value in (("width", width), ("height", height)) if value is not None}
        super().__init__(data, url, filename, size)
        if format is not None:
            self.mime = {"jpg": "image/jpeg", "svg": "image/svg+xml"}.get(format, f"image/{format}")
        else:
            self.mime = self._signatures.get(bytes(self.data[:2]) if isinstance(self.data, bytes) else b"", "image/png")


def _display_class(name, mime):
    return type(name, (DisplayObject,), {"mime": mime})


_DISPLAYS = {
    "HTML": "text/html",
    "Markdown": "text/markdown",
    "Latex": "text/latex",
    "SVG": "image/svg+xml",
    "JSON": "application/json",
    "Javascript": "application/javascript",
    "Pretty": "text/plain",
}


class Math(DisplayObject):
    mime = "text/latex"

    def _repr_mimebundle_(self):
        formula = self.data.strip("$")
        return {self.mime: f"$\\displaystyle {formula}$", "text/plain": repr(self)}, {}


def install(shell):
    """Makes `import IPython` work; `shell` is what `get_ipython()` answers."""
    if importlib.util.find_spec("IPython") is not None:
        return
    display = types.ModuleType("IPython.display")
    for name, mime in _DISPLAYS.items():
        setattr(display, name, _display_class(name, mime))
    display.Image, display.Math, display.DisplayObject = Image, Math, DisplayObject
    for function in ("display", "update_display", "clear_output", "publish_display_data", "DisplayHandle"):
        setattr(display, function, getattr(outputs, function))
    core = types.ModuleType("IPython.core")
    core.__path__ = []
    core.display = display
    root = types.ModuleType("IPython")
    root.__path__ = []
    root.version_info, root.__version__ = (0, 0, 0), "0.0.0"
    root.display, root.core, root.get_ipython = display, core, lambda: shell
    names = {"IPython": root, "IPython.display": display, "IPython.core": core, "IPython.core.display": display}
    sys.modules.update(names)
