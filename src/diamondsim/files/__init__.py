"""Results as files that other programs open: which format a name asks for, and what is in each.

Other packages import from here, not from the modules of this package.
"""

from diamondsim.files.file_formats import check_file
from diamondsim.files.reading import read_result_file
from diamondsim.files.result_tables import tables
from diamondsim.files.saving import save

__all__ = ["check_file", "read_result_file", "save", "tables"]
