"""The forms' JavaScript, joined into the one module that a page is sent."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook.forms import modules
from workbook.language import ENGLISH


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_what_is_needed_first_comes_first_and_each_file_once(tmp_path: Path):
    folder = written(
        tmp_path,
        main='import { b } from "./two.js";\nimport {\n  a,\n  c,\n} from "./one.js";\nexport const all = [a, b, c];\n',
        two='// of its own\nimport { a } from "./one.js";\nconst hidden = 2;\nexport const b = a + hidden;\n',
        one="/** What it is. */\nconst hidden = 1;\nexport const a = hidden;\nexport async function c() {}\n",
    )

    text = modules.joined(folder, "main")

    assert [m[1] for m in re.finditer(r"const _(\w+) = ", text)] == ["one", "two"]
    assert "return { a, c };" in text
    assert "const { a, c } = _one;" in text
    assert text.rstrip().endswith("export const all = [a, b, c];")
    assert "of its own" not in text
    assert "What it is" not in text


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"main": 'import { a } from "./one.js";\n', "one": "export default 1;\n"}, "one.js, 'export default 1;'"),
        (
            {"main": 'import { a } from "./one.js";\n', "one": 'import * as x from "./two.js";\n'},
            "as the other files do",
        ),
        ({"main": 'import { a } from "./main.js";\n'}, "main → main"),
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path: Path, files: dict[str, str], says: str):
    with pytest.raises(ValueError, match=re.escape(says)):
        modules.joined(written(tmp_path, **files), "main")


def test_every_file_of_ours_is_in_what_a_page_is_sent_but_for_the_forms_own():
    ours = {path.stem for path in modules.STATIC.glob("*.js")} - {"main", "form"}

    assert {m[1] for m in re.finditer(r"^const _(\w+) = \(", modules.script(ENGLISH), re.MULTILINE)} == ours


def test_another_language_changes_the_words_and_nothing_else():
    english, german = modules.script(ENGLISH), modules.script("de")
    words = re.search(r"^const WORDS = (.*);$", german, re.MULTILINE)

    assert words
    assert german.replace(words[0], modules.NO_WORDS).replace('["de"];', "[];") == english
    held = json.loads(words[1])
    assert held["not assessed"] == ["nicht beurteilt"]
    assert held.keys() <= {said[0] for said in modules.messages()}
    assert modules.version("de") != modules.version(ENGLISH)


def test_words_cannot_end_a_line_or_the_script(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(modules, "translated", lambda *_: ["</script>\u2028“\\"])
    modules.script.cache_clear()

    german = modules.script("de")
    modules.script.cache_clear()

    assert "</script>" not in german
    assert "\u2028" not in german
    assert "\\u003c/script>\\u2028\\u201c\\\\" in german


def test_what_is_said_stands_there_word_for_word():
    text = modules.script(ENGLISH)
    told = {found.start() for found in modules.SAID.finditer(text)}
    calls = (found.start() for found in re.finditer(r"(?<![.\w])say(?:Many)?\(", text))

    assert [text[at : at + 80] for at in calls if at not in told] == []


# keys, selectors, classes, values and examples: what reads like words and is no text of ours
NO_TEXT = {
    "ArrowDown", "ArrowUp", "Enter", "Escape", "Northlight Credit", "Tab", "changed since", "field wide",
    "input, select, textarea", "input:checked, input, textarea", "input:not([hidden]), select, textarea",
    "leave out {}", "mlaw mlaw-form", "mute gaps", "not applicable", "not assessed", "only known", "said wrong",
    "workbook sample … --of {} --results FILE",
}  # fmt: skip
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
WORDS = re.compile(r"[A-Za-z]{2,},? \S*[A-Za-z]{2}|^\W*[A-Z][a-z]")


def test_whatever_reads_like_words_is_said():
    found = set()
    for path in modules.STATIC.glob("*.js"):
        if path.stem not in ("form", "say"):
            text = modules.SAID.sub("", modules.COMMENT.sub("", path.read_text(encoding="utf-8")))
            text = re.sub(r'class: (?:[^,"]*\? )?"[^"]*"| // .*', "", text)
            literals = (re.sub(r"\$\{[^}]*\}", "{}", plain or template) for plain, template in LITERAL.findall(text))
            found |= {words for words in literals if WORDS.search(words)}

    assert found - NO_TEXT == set()


def test_a_form_brings_little_of_its_own():
    assert len(modules.stub()) < 2_000
    assert "import {" not in modules.stub()


def test_lines_of_our_scripts_are_short_enough_to_read():
    long = [
        f"{path.name}:{number}"
        for folder in (modules.STATIC, ROOT / "tests" / "javascript")
        for path in folder.glob("*.js")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 120
    ]
    assert long == []
