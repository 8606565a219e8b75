"""Is this report as it was issued? Needs Python 3.8 or newer and nothing else: no network, none of the workbook.

    python verify_report.py FILE...                      pages (.html) of a report; the folder of a set, or its manifest
    python verify_report.py --manifest HASH FILE...      HASH: the manifest's SHA-256, as you got it by another way

Exit code 0: each file is as it was issued. 1: one is not. 2: one cannot be read.

What is checked. Each page carries its seal: the SHA-256 of all its bytes, taken with the 64 characters of the seal
written as zeros. Where manifest.json lies beside a page, the SHA-256 of every file of the set is compared with it.
What that proves. A page that was changed, by whatever accident, is found. Somebody who wants to deceive can compute a
seal and a manifest anew. Only what came to you by another way shows that: the manifest's SHA-256 (--manifest), a
signature whose key you know, a trusted time, or whoever issued the report and has its record (`workbook verify FILE`).
"""

import os, sys

# before the rest: nothing that came with a report is imported as a part of Python
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(os.path.abspath(__file__))]

import base64, hashlib, html, json, pathlib, re, stat

LIMIT = 500 * 1024 * 1024
TAG = b'<meta name="ml-audit-workbook-seal" content="sha256:%s">'
SEAL = re.compile(TAG % b"([0-9a-f]{64})")
MADE = re.compile(rb'<meta name="ml-audit-workbook(?:-made)?" content="([^"]*)">')
OWN = ("manifest.json", "manifest.json.sig", "manifest.json.tsr", "signer.pem", ".DS_Store", "Thumbs.db", "desktop.ini")
ISSUE = ("number", "issued_on", "recipient", "edition", "classification")
SAME, CHANGED, UNREADABLE = 0, 1, 2


def say(*words):
    text = " ".join(words)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    print(text.encode(sys.stdout.encoding or "ascii", "backslashreplace").decode(sys.stdout.encoding or "ascii"))


def read(path):
    """The bytes of a file; OSError for anything else."""
    if not stat.S_ISREG(os.stat(path).st_mode) or os.path.getsize(path) > LIMIT:
        raise OSError("it is not a file, or larger than any report")
    with open(path, "rb") as file:
        return file.read()


def sha(content):
    return hashlib.sha256(content).hexdigest()


def sealed(content):
    """Whether a page is what its seal was taken of; None if it carries no seal."""
    found = SEAL.findall(content)
    return sha(SEAL.sub(TAG % (b"0" * 64), content)).encode() == found[0] if len(found) == 1 else None


def told(content):
    """What a page says of itself."""
    facts = {}
    for found in MADE.findall(content):
        try:
            facts.update(json.loads(html.unescape(found.decode("utf-8"))))
        except (ValueError, TypeError, RecursionError):
            continue
    return facts


def about(facts):
    issue = facts.get("issue")
    if isinstance(issue, dict):
        number, on, to, edition, marked = (str(issue.get(name, "?")) for name in ISSUE)
        return f"{number}, issued {on} to {to}, {edition} edition, {marked}"
    return "a working copy, which was not issued to anybody" if facts else "it does not say what it is"


def listed(folder):
    """The manifest of a folder as its bytes and the hashes that it lists; nothing where there is none of ours."""
    path = os.path.join(folder, "manifest.json")
    if not os.path.lexists(path):
        return b"", None
    content = read(path)
    try:
        files = json.loads(content.decode("utf-8"))["files"]
        if not all(isinstance(v, str) and isinstance(k, str) for k, v in files.items()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return content, {}
    return content, files


def check_set(folder, whole):
    """Compare the files in a folder with the manifest beside them; `whole`: what is missing counts as well."""
    content, files = listed(folder)
    if files is None:
        say("  no manifest.json beside it: only the seal in each page could be looked at")
        return SAME
    if not files:
        say("NOT AS ISSUED  manifest.json lists no files, or cannot be understood")
        return CHANGED
    worst, missing = SAME, []
    for name, digest in sorted(files.items()):
        path = os.path.join(folder, *name.split("/"))
        if os.path.isabs(name) or re.search(r"(^|[\\/])\.\.([\\/]|$)|[:\0]", name):
            say("NOT AS ISSUED  manifest.json names", name, "which is no file of this folder")
            worst = CHANGED
        elif not os.path.lexists(path):
            missing.append(name)
        elif not os.path.isfile(path) or sha(read(path)) != digest:
            say("NOT AS ISSUED ", path, "is not the file that manifest.json lists")
            worst = CHANGED
    say("  manifest.json lists", str(len(files)), "files,", str(len(missing)), "are not here; SHA-256", sha(content))
    for name in missing:
        say("  NOT HERE" if not whole else "NOT AS ISSUED  missing:", name)
    issued = bool(json.loads(content.decode("utf-8")).get("issue"))
    found = pathlib.Path(folder).glob("**/*" if whole and issued else "*")
    names = sorted(p.relative_to(folder).as_posix() for p in found if p.is_symlink() or not p.is_dir())
    added = [n for n in names if n not in files and n not in OWN]
    wrong = [n for n in added if issued or re.search(r"\.[xs]?html?$", n, re.IGNORECASE)]
    for name in added:
        say("NOT AS ISSUED  added:" if whole and name in wrong else "  NOT OF THIS SET", name)
    tell_of_signature(folder, names)
    return CHANGED if whole and (missing or wrong) else worst


def tell_of_signature(folder, names):
    if "manifest.json.sig" in names:
        say("  It is signed (Ed25519), which this script cannot check. OpenSSL 3 can, in this folder:")
        say("    openssl pkeyutl -verify -rawin -pubin -inkey signer.pem -in manifest.json -sigfile manifest.json.sig")
        try:
            lines = read(os.path.join(folder, "signer.pem")).decode("ascii").split("\n")
            key = "".join(line.strip() for line in lines if not line.startswith("-"))
            say("    It counts only if you know the key; its SHA-256 is", sha(base64.b64decode(key)))
        except (OSError, ValueError):
            say("    signer.pem, the key that should lie beside it, cannot be read")
    if "manifest.json.tsr" in names:
        say("  It has a trusted time (RFC 3161). This script cannot check it; OpenSSL can, with the authority's root:")
        say("    openssl ts -verify -data manifest.json -in manifest.json.tsr -CAfile ROOT.pem")


def check(path):
    """Check one page; in words, and as an exit code."""
    content = read(path)
    intact = sealed(content)
    folder, name = os.path.split(os.path.abspath(path))
    files = listed(folder)[1]
    if intact is None and not name.endswith(".html") and (files or {}).get(name) == sha(content):
        say("unchanged ", path, "is what manifest.json beside it lists; it carries no seal of its own")
        return SAME
    if not intact:
        none = "carries no seal, or several: it is no page of a report, or its seal was changed"
        changed = "was changed: its bytes do not have the SHA-256 that stands in it"
        say("NOT AS ISSUED ", path, none if intact is None else changed)
        return CHANGED
    if files is not None and sha(content) not in ([files[name]] if name in files else files.values()):
        say("NOT AS ISSUED ", path, "is not the file that manifest.json beside it lists")
        return CHANGED
    facts = told(content)
    say("unchanged ", path)
    say("  says of itself:", about(facts))
    if facts:
        engagement, number, head = (str(facts.get(name, "?")) for name in ("engagement", "number", "hash"))
        say(f"  record {engagement}, revision {number}, chain head {head}")
    return SAME


def main(arguments):
    wanted = ""
    if "--manifest" in arguments[:-1]:
        at = arguments.index("--manifest")
        wanted, arguments = re.sub(r"\s", "", arguments[at + 1]).lower(), arguments[:at] + arguments[at + 2 :]
        arguments = arguments if re.fullmatch("[0-9a-f]{64}", wanted) else []
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return UNREADABLE
    codes, folders = [], {}
    for path in arguments:
        path = os.path.join(path, "manifest.json") if os.path.isdir(path) else path
        folder, name = os.path.split(os.path.abspath(path))
        folders[folder] = folders.get(folder, False) or name == "manifest.json"
        try:
            codes.append(SAME if name == "manifest.json" and read(path) else check(path))
        except (OSError, ValueError) as error:
            say("CANNOT BE READ ", path + ":", str(getattr(error, "strerror", "") or error))
            codes.append(UNREADABLE)
    for folder, whole in folders.items():
        try:
            codes.append(check_set(folder, whole) if os.path.isdir(folder) else SAME)
            if wanted and sha(listed(folder)[0]) != wanted:
                say("NOT AS ISSUED  the SHA-256 of manifest.json in", folder, "is not the one that you gave")
                codes.append(CHANGED)
        except OSError as error:
            say("CANNOT BE READ ", folder + ":", str(error.strerror or error))
            codes.append(UNREADABLE)
    if not wanted:
        say("Unchanged is not genuine: whoever changes a report can compute these hashes anew. Compare the SHA-256 of")
        say("manifest.json with whoever issued it, by another way than the report came, or ask them to check it.")
    return CHANGED if CHANGED in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
