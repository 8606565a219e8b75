"""`python -m workbook`: the `workbook` command, by the Python that is named."""

from workbook.cli import main

if __name__ == "__main__":
    main()
