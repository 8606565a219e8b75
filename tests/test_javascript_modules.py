"""The forms' JavaScript, joined into the one module that a page is sent."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook.forms import modules


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

    assert {m[1] for m in re.finditer(r"^const _(\w+) = \(", modules.script(), re.MULTILINE)} == ours


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
