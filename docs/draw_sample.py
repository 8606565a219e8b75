"""Draw the items of a sample again, with nothing but Python 3; workbook/drawing.py says the rule in words.

    python draw_sample.py POPULATION.csv SEED SIZE [COLUMN OF THE IDS [COLUMN OF THE STRATA]]

POPULATION.csv is what `workbook sample NAME --of S-001 -o POPULATION.csv` writes, or the frozen file if commas part it.
After an extension, draw with the first size and with the last one; the sample is all that either of them names.
"""

import csv
import hashlib
import sys


def sha(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def draw(strata, seed, size):
    """`strata`: the stratum of each item, by its id; one and the same for all of them if there are none."""
    kinds = list(strata.values())
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    left = {kind: size * held // len(kinds) for kind, held in counts.items()}
    by_rest = sorted(counts, key=lambda kind: (-(size * counts[kind] % len(kinds)), kind))
    left.update({kind: left[kind] + 1 for kind in by_rest[: size - sum(left.values())]})
    for kind in sorted(kind for kind in left if left[kind] == 0):
        most = min(left, key=lambda other: (-left[other], other))
        left.update({most: left[most] - 1, kind: 1})
    for item in sorted(strata, key=lambda item: sha(seed + "\n" + item)):
        left[strata[item]] -= 1
        if left[strata[item]] >= 0:
            yield item


if __name__ == "__main__":
    file, seed, size, ids, kinds = (sys.argv[1:] + ["id", ""][max(len(sys.argv) - 4, 0) :])[:5]
    with open(file, encoding="utf-8-sig", newline="") as lines:
        found = {row[ids].strip(): row[kinds].strip() if kinds else "" for row in csv.DictReader(lines)}
    lines = sorted(item + ("\t" + kind if kinds else "") + "\n" for item, kind in found.items())
    print("population " + sha("".join(lines)), *draw(found, seed, int(size)), sep="\n")
