"""Which characters may stand in a scenario: those that can be printed, saved as UTF-8 and read again."""

import re

_STRAY = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Python stands a byte that it cannot decode, in an argument of a command, for a character of this range.
_UNDECODED = range(0xDC80, 0xDD00)


def stray_character(text: str) -> tuple[int, str] | None:
    r"""Return where the first character is that no scenario may hold, and what it is; None without one.

    Examples
    --------
    >>> stray_character("a\x00b")
    (1, 'found the control character U+0000')
    >>> stray_character("a\udcffb")
    (1, 'not UTF-8 text: byte 0xff')
    """
    found = _STRAY.search(text)
    if found is None:
        return None
    code = ord(found[0])
    if code in _UNDECODED:
        return found.start(), f"not UTF-8 text: byte 0x{code - 0xDC00:02x}"
    kind = "surrogate" if 0xD800 <= code <= 0xDFFF else "control character"
    return found.start(), f"found the {kind} U+{code:04X}"
