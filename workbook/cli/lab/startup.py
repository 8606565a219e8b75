"""Run by IPython in each kernel of `workbook lab`: gets the workbook ready while a person still reads the page."""

if "get_ipython" in globals():
    try:
        from workbook.audit import get_ready
    except ImportError:  # the kernel of another environment
        pass
    else:
        get_ready()
        del get_ready
