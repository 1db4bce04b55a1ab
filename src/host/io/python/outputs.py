"""What running code says, as Jupyter messages: its streams, its displays and the value of its last expression.

Everything leaves through `publish`, which the worker sets. Must not know who listens, nor how code is run.
"""

import base64
import io
import json
import sys
import time
import uuid

FLUSH_AFTER_S = 0.05
FLUSH_ABOVE_CHARS = 1 << 16
#: Lines that may leave at once within `FLUSH_AFTER_S`; after that they are gathered until it is over.
LINES_AT_ONCE = 64

_REPRESENTATIONS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_latex_": "text/latex",
    "_repr_json_": "application/json",
    "_repr_javascript_": "application/javascript",
    "_repr_pdf_": "application/pdf",
}

#: Called with one JSON text per message; set by the worker.
publish = None


def send(msg_type, content):
    publish(json.dumps({"msg_type": msg_type, "content": content}, default=repr))


class Stream(io.TextIOBase):
    """Standard output or error.

    A line leaves at once, so that it is seen even when a long computation follows. A loop that floods is gathered into
    messages of `FLUSH_AFTER_S`; `flush_all`, called on a clock where the page can interrupt Python, sends its tail.
    """

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name):
        self.name = name
        self._parts = []
        self._size = 0
        self._held_since = 0.0
        self._window_began = 0.0
        self._sent_in_window = 0

    def writable(self):
        return True

    def isatty(self):
        return False

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not text:
            return 0
        (stderr if self is stdout else stdout).flush()  # keeps the two in the order in which they were written
        now = time.monotonic()
        if not self._parts:
            self._held_since = now
        self._parts.append(text)
        self._size += len(text)
        if now - self._window_began > FLUSH_AFTER_S:
            self._window_began, self._sent_in_window = now, 0
        may_leave = text.endswith("\n") and self._sent_in_window < LINES_AT_ONCE
        if may_leave or now - self._held_since > FLUSH_AFTER_S or self._size > FLUSH_ABOVE_CHARS:
            self.flush()
        return len(text)

    def flush(self):
        if not self._parts:
            return
        # Taken before sending: the clock's signal may call this in the middle of itself.
        parts, self._parts, self._size = self._parts, [], 0
        self._sent_in_window += 1
        # A lone surrogate has no UTF-8, and so no way across.
        text = "".join(parts).encode("utf-8", "replace").decode("utf-8")
        send("stream", {"name": self.name, "text": text})


stdout = Stream("stdout")
stderr = Stream("stderr")


def flush_all():
    stdout.flush()
    stderr.flush()


def represent(obj):
    """The object as `(data, metadata)`, both keyed by media type; bytes become base64."""
    data, metadata = {}, {}
    if not isinstance(obj, type):
        bundle = _call(obj, "_repr_mimebundle_")
        if isinstance(bundle, tuple):
            bundle, metadata = dict(bundle[0]), dict(bundle[1])
        data.update(bundle or {})
        for method, mime in _REPRESENTATIONS.items():
            if mime in data:
                continue
            value = _call(obj, method)
            if isinstance(value, tuple):
                value, metadata[mime] = value
            if value is not None:
                data[mime] = value
    if "text/plain" not in data:
        data["text/plain"] = repr(obj)
    for mime, value in data.items():
        if isinstance(value, (bytes, bytearray)):
            data[mime] = base64.b64encode(value).decode("ascii")
    return data, metadata


def _call(obj, method):
    """What a representation method of the object's class answers; None when there is none or it fails, and then why."""
    if not hasattr(type(obj), method):
        return None
    try:
        return getattr(obj, method)()
    except NotImplementedError:
        return None
    except Exception as error:
        print(f"{type(obj).__name__}.{method}() failed: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def publish_result(obj, execution_count):
    flush_all()
    data, metadata = represent(obj)
    send("execute_result", {"execution_count": execution_count, "data": data, "metadata": metadata})


class DisplayHandle:
    """Shows something else in the place of an earlier display."""

    def __init__(self, display_id=None):
        self.display_id = display_id or uuid.uuid4().hex

    def display(self, obj, **options):
        display(obj, display_id=self.display_id, **options)

    def update(self, obj, **options):
        update_display(obj, display_id=self.display_id, **options)


def display(*objects, display_id=None, update=False, raw=False, metadata=None, clear=False, **_ignored):
    """Shows objects; with `display_id` (or True, for a new one) answers a handle to change them later."""
    flush_all()
    if clear:
        clear_output(wait=True)
    handle = None
    if display_id is not None and display_id is not False:
        handle = DisplayHandle(None if display_id is True else str(display_id))
    transient = {"display_id": handle.display_id} if handle else {}
    for obj in objects:
        data, described = (dict(obj), {}) if raw else represent(obj)
        content = {"data": data, "metadata": {**described, **(metadata or {})}, "transient": transient}
        send("update_display_data" if update else "display_data", content)
    return handle


def update_display(obj, *, display_id, **options):
    display(obj, display_id=display_id, update=True, **options)


def publish_display_data(data, metadata=None, **options):
    display(data, raw=True, metadata=metadata, **options)


def clear_output(wait=False):
    flush_all()
    send("clear_output", {"wait": bool(wait)})
