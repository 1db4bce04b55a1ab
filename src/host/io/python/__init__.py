"""Supermesh's kernel for the Python that lives in a web page: what IPython would do, without IPython."""
