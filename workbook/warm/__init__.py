"""Kernels that start at once: a process that has everything imported becomes one, again and again, by forking.

What Papermill needs of it stands in `engine`, what Jupyter needs in `kernels`; `python -m workbook.warm` is the process
that forks. Nothing here knows what a page of the workbook is.
"""
