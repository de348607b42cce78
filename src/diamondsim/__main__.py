"""Run the command line with ``python -m diamondsim``."""

from diamondsim.cli import main

if __name__ == "__main__":
    main()
