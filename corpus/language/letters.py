"""Vietnamese letters for regular expressions, to be used inside [ ].

A range such as à-ỹ will not do: in Unicode the capitals with marks stand between the small letters.
"""

LOWER = "a-zàáâãèéêìíòóôõùúýăđĩũơư" + "".join(map(chr, range(0x1EA1, 0x1EFA, 2)))
UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
